using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Bus;

/// <summary>
/// Two gateways and a Redis in three networks; again and again the cable of the one that is central breaks for five
/// seconds, while producers push to both. The one that is cut off keeps what it takes on its own disk.
/// </summary>
[Collection(nameof(FailoverTests))]
public sealed class NetworkCutTests
{
    private const int RedisPort = 6379;

    /// <summary>Of one processor, while there is nothing to do but to try again.</summary>
    private const double MostIdleCpu = 0.05;

    private static readonly TimeSpan CutFor = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(Cut.Drop)]
    [InlineData(Cut.Reset)]
    [InlineData(Cut.Loss)]
    public Task Cut_FewRounds_NothingIsLostAndNothingTwice(Cut cut) => RunAsync(cut, RoundsResult.Few);

    [Theory]
    [Trait("Length", "long")]
    [InlineData(Cut.Drop)]
    [InlineData(Cut.Reset)]
    [InlineData(Cut.Loss)]
    public Task Cut_ManyRounds_NothingIsLostAndNothingTwice(Cut cut) => RunAsync(cut, RoundsResult.Many);

    [Fact]
    public async Task Cut_GatewayWithNothingToDo_CostsNoProcessor()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Network namespaces are Linux'.");
        using var network = await CutNetwork.StartAsync();
        using var redis = await RedisInAsync(network);
        await using var gateways = await GatewaysInAsync(network);
        var (holder, _) = await gateways.WhoAsync();
        await CutNetwork.BreakAsync(NetworkOf(network, gateways, holder), Cut.Reset);
        await Wait.Until(async () => await holder.Api.RoleAsync() == "unknown", "the cut to be noticed");

        var before = Processes.ProcessorTime(holder.Pid);
        await Task.Delay(CutFor, TimeProvider.System, TestContext.Current.CancellationToken);
        var share = (Processes.ProcessorTime(holder.Pid) - before) / CutFor;

        share.ShouldBeLessThan(MostIdleCpu);
    }

    private static async Task RunAsync(Cut cut, int rounds)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Network namespaces are Linux'.");
        using var network = await CutNetwork.StartAsync();
        using var redis = await RedisInAsync(network);
        await using var gateways = await GatewaysInAsync(network);
        var violence = new GatewayRounds(gateways, TimeSpan.FromMilliseconds(70));
        await violence.RunAsync(NameOf(cut), rounds, () => BreakOnceAsync(cut, network, gateways));
    }

    private static string NameOf(Cut cut) =>
        cut switch
        {
            Cut.Drop => "holder cut off, packets vanish, 5 s",
            Cut.Reset => "holder cut off, connections reset, 5 s",
            _ => "holder loses 30 % of packets each way, 5 s",
        };

    /// <summary>How long the other one took to be central; null where packets only get lost, which it may survive.</summary>
    private static async Task<TimeSpan?> BreakOnceAsync(Cut cut, CutNetwork network, TwoGateways gateways)
    {
        var (holder, other) = await gateways.WhoAsync();
        var cable = NetworkOf(network, gateways, holder);
        var start = TimeProvider.System.GetTimestamp();
        await CutNetwork.BreakAsync(cable, cut);
        TimeSpan? took = null;
        if (cut != Cut.Loss)
        {
            await Wait.Until(async () => await other.Api.RoleAsync() == "central", "the other gateway to take over");
            took = TimeProvider.System.GetElapsedTime(start);
        }
        await Task.Delay(CutFor - TimeProvider.System.GetElapsedTime(start), TimeProvider.System);
        await CutNetwork.MendAsync(cable);
        return took;
    }

    private static OwnNetwork NetworkOf(CutNetwork network, TwoGateways gateways, Member member) =>
        network.Members[gateways.Both.ToList().IndexOf(member)];

    private static Task<DurableRedis> RedisInAsync(CutNetwork network) =>
        DurableRedis.StartAsync(network.Hub.Launcher, RedisPort, "--bind", "0.0.0.0", "--protected-mode", "no");

    private static Task<TwoGateways> GatewaysInAsync(CutNetwork network) =>
        TwoGateways.StartAsync(
            $"redis://{CutNetwork.HubAddress}:{RedisPort}/0",
            network.Members[0].Launcher,
            network.Members[1].Launcher
        );
}
