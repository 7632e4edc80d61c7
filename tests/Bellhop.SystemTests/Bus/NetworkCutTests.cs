using System.Globalization;
using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Bus;

/// <summary>
/// Two gateways and a Redis in three networks; again and again the cable of the one that is central breaks for five
/// seconds, while producers push to both. The one that is cut off keeps what it takes on its own disk.
/// </summary>
[Collection(nameof(FailoverTests))]
public sealed class NetworkCutTests
{
    private const int ShortRounds = 3;
    private const int LongRounds = 20;
    private const int RedisPort = 6379;

    /// <summary>Of one processor, while there is nothing to do but to try again.</summary>
    private const double MostIdleCpu = 0.05;

    private static readonly TimeSpan CutFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DrainTime = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(Cut.Drop)]
    [InlineData(Cut.Reset)]
    [InlineData(Cut.Loss)]
    public Task Cut_FewRounds_NothingIsLostAndNothingTwice(Cut cut) => RunAsync(cut, ShortRounds);

    [Theory]
    [Trait("Length", "long")]
    [InlineData(Cut.Drop)]
    [InlineData(Cut.Reset)]
    [InlineData(Cut.Loss)]
    public Task Cut_ManyRounds_NothingIsLostAndNothingTwice(Cut cut) => RunAsync(cut, LongRounds);

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

        var before = ProcessorTime(holder.Pid);
        await Task.Delay(CutFor, TimeProvider.System, TestContext.Current.CancellationToken);
        var share = (ProcessorTime(holder.Pid) - before) / CutFor;

        share.ShouldBeLessThan(MostIdleCpu);
    }

    private static async Task RunAsync(Cut cut, int rounds)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Network namespaces are Linux'.");
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        using var network = await CutNetwork.StartAsync();
        using var redis = await RedisInAsync(network);
        await using var gateways = await GatewaysInAsync(network);
        var producers = gateways
            .Both.Select(
                (member, i) =>
                    new SteadyProducer(
                        i,
                        random.Next(),
                        TimeSpan.FromMilliseconds(70),
                        SteadyProducer.ToGateway(() => Task.FromResult(member.Api))
                    )
            )
            .ToList();
        var producing = Task.WhenAll(producers.Select(p => p.RunAsync()));
        var takeOvers = new List<TimeSpan>();
        for (var round = 0; round < rounds; round++)
        {
            // Not a wait for anything: the moment is what is random.
            await Task.Delay(TimeSpan.FromSeconds(1 + random.NextDouble()), TimeProvider.System);
            if (await BreakOnceAsync(cut, network, gateways) is { } took)
                takeOvers.Add(took);
        }
        producers.ForEach(p => p.Stop());
        await producing;
        await gateways.WhoAsync();
        foreach (var member in gateways.Both)
            await Wait.Until(() => member.IsDrainedAsync(), $"the backlog to drain (seed {seed})", DrainTime);

        var pushed = producers.SelectMany(p => p.Acknowledged).ToList();
        var report = await FailoverReport.MakeAsync(pushed, gateways);
        TestContext.Current.SendDiagnosticMessage(
            $"{cut}, {rounds} rounds: {pushed.Count} events, lost {report.Lost.Count}, twice {report.Twice.Count}, "
                + $"given again {report.GivenAgain.Count}, take-overs {string.Join(' ', takeOvers.Select(t => $"{t.TotalSeconds:0.00}"))} s"
        );
        report.Lost.ShouldBeEmpty($"seed {seed}\n{gateways.Both[0].Said}\n{gateways.Both[1].Said}");
        report.Untold.ShouldBeEmpty($"seed {seed}");
        report.Twice.ShouldBeEmpty($"seed {seed}");
        takeOvers.ShouldAllBe(t => t <= TwoGateways.Lease * 1.5);
    }

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

    /// <summary>User and system time, in the kernel's ticks of a hundredth of a second.</summary>
    private static TimeSpan ProcessorTime(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = fields[11..13].Sum(f => long.Parse(f, CultureInfo.InvariantCulture));
        return TimeSpan.FromMilliseconds(ticks * 10);
    }
}
