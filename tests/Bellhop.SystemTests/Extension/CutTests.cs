using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Extension;

/// <summary>
/// A terminal and its Redis in two networks; again and again the cable between them breaks for five seconds, with an event
/// in the terminal's hand and more on the list.
/// </summary>
public sealed class CutTests
{
    private const int RedisPort = 6379;

    /// <summary>Of one processor, while there is nothing to do but to try again.</summary>
    private const double MostIdleCpu = 0.05;

    private static readonly TimeSpan CutFor = TimeSpan.FromSeconds(5);

    /// <summary>What was in hand is answered by then.</summary>
    private static readonly TimeSpan BusyFor = TimeSpan.FromSeconds(1);

    [Fact]
    public Task Cut_OneRoundOfEachKind_NothingIsLostAndNothingTwice() =>
        RunAsync("terminal cut off in three ways", RoundsResult.Few, round => (Cut)round);

    [Theory]
    [Trait("Length", "long")]
    [InlineData(Cut.Drop, "terminal cut off, packets vanish, 5 s")]
    [InlineData(Cut.Reset, "terminal cut off, connections reset, 5 s")]
    [InlineData(Cut.Loss, "terminal loses 30 % of packets each way, 5 s")]
    public Task Cut_ManyRounds_NothingIsLostAndNothingTwice(Cut cut, string harm) =>
        RunAsync(harm, RoundsResult.Many, _ => cut);

    private static async Task RunAsync(string harm, int rounds, Func<int, Cut> kind)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Network namespaces are Linux'.");
        using var network = await CutNetwork.StartAsync();
        var (hub, terminals) = (network.Hub.Launcher, network.Members[0].Launcher);
        using var redis = await DurableRedis.StartAsync(hub, RedisPort, "--bind", "0.0.0.0", "--protected-mode", "no");
        await using var model = await FakeModel.StartAsync(terminals);
        await using var person = new TerminalFixture(model, CutNetwork.HubAddress, RedisPort)
        {
            Launcher = terminals,
            BusLauncher = hub,
        };
        var violence = new TerminalRounds(person, await ServerVersion.OfAsync(Repository.Tool("redis-server")));
        var idle = new List<double>();
        var round = 0;
        await violence.RunAsync(
            harm,
            rounds,
            async pi =>
            {
                var cut = kind(round++);
                await CutNetwork.BreakAsync(network.Members[0], cut);
                if (await ShareOfProcessorAsync(pi) is var share && cut != Cut.Loss)
                    idle.Add(share);
                await CutNetwork.MendAsync(network.Members[0]);
                return pi;
            }
        );
        TestContext.Current.SendDiagnosticMessage(
            $"{harm}: pi took {string.Join(' ', idle.Select(s => $"{s:P1}"))} of a processor while it was cut off"
        );
        idle.ShouldAllBe(share => share < MostIdleCpu);
    }

    /// <summary>What pi takes once nothing is left to do for it; lasts as long as the cut.</summary>
    private static async Task<double> ShareOfProcessorAsync(PiRpc pi)
    {
        await Task.Delay(BusyFor, TimeProvider.System);
        var before = Processes.ProcessorTime(pi.Pid);
        await Task.Delay(CutFor - BusyFor, TimeProvider.System);
        return (Processes.ProcessorTime(pi.Pid) - before) / (CutFor - BusyFor);
    }
}
