using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests;

/// <summary>Keeps this off the machine's other work: its moments are random, but they should fall into turns.</summary>
[CollectionDefinition(nameof(KillTests), DisableParallelization = true)]
public sealed class KillCollection;

/// <summary>
/// The promise itself. 10,000 events from 4 producers flow into a real pi while the daemon is killed 20 times and pi
/// 20 times more, at random moments. Afterwards every acknowledged event is completed with a reply, and pi's own session
/// files hold each of them once, each producer's in order. A dead letter counts as lost.
/// </summary>
[Collection(nameof(KillTests))]
public sealed class KillTests
{
    private const int Producers = 4;
    private const int EventsEach = 2500;
    private const int DaemonKills = 20;
    private const int AgentKills = 20;

    /// <summary>More events are let in when no more than this are unfinished: so the kills meet work from start to end.</summary>
    private const int EnoughBacklog = 300;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(1200);
    private static readonly TimeSpan DrainTime = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(RealPi.New)]
    [InlineData(RealPi.Old)]
    public async Task Kill_DaemonAndAgentAtRandomMoments_NothingIsLostAndNothingTwice(string generation)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("BELLHOP_TEST_SEED"), out var given)
            ? given
            : Random.Shared.Next();
        var start = TimeProvider.System.GetTimestamp();
        Say($"pi {generation}: seed {seed}");
        await using var model = await FakeModel.StartAsync();
        using var home = new GatewayHome().WithPi(RealPi.Named(generation), model);
        await using var gateway = new RestartingGateway(home);
        await gateway.StartAsync();

        var random = new Random(seed);
        var producers = Enumerable
            .Range(0, Producers)
            .Select(p => new StubbornProducer(p, random.Next(), gateway))
            .ToList();
        var producing = Task.WhenAll(producers.Select(p => p.RunAsync(EventsEach)));
        await KillAsync(gateway, producers, random);
        await producing;

        var running = await gateway.CurrentAsync();
        await Wait.Until(
            async () => await running.Api.UnfinishedAsync() == 0,
            $"the backlog to drain (seed {seed})",
            DrainTime
        );
        var pushed = producers.SelectMany(p => p.Acknowledged).ToList();
        var report = await KillReport.MakeAsync(pushed, running.Api, () => RealPi.UserMessages(home.Beside.Path));
        Say(
            $"pi {generation}: {pushed.Count} events, {producers.Sum(p => p.Resent)} pushed twice, {report.Prompts} prompts, "
                + $"{TimeProvider.System.GetElapsedTime(start).TotalSeconds:0} s: lost {report.Lost.Count}, twice {report.Twice.Count}"
        );
        producers.ForEach(p => p.Dispose());

        pushed.Count.ShouldBe(Producers * EventsEach);
        report.Lost.ShouldBeEmpty($"seed {seed}\n{running.Said}");
        report.Twice.ShouldBeEmpty($"seed {seed}");
        report.Untold.ShouldBeEmpty($"seed {seed}");
        report.OutOfOrder.ShouldBeEmpty($"seed {seed}");
        report.WrongReply.ShouldBeEmpty($"seed {seed}");
    }

    private static async Task KillAsync(RestartingGateway gateway, List<StubbornProducer> producers, Random random)
    {
        bool[] daemonNext = [.. Enumerable.Repeat(true, DaemonKills), .. Enumerable.Repeat(false, AgentKills)];
        random.Shuffle(daemonNext);
        var slice = EventsEach / daemonNext.Length;
        foreach (var daemon in daemonNext)
        {
            await Wait.Until(
                async () => await (await gateway.CurrentAsync()).Api.UnfinishedAsync() <= EnoughBacklog,
                "the backlog to shrink",
                DrainTime
            );
            producers.ForEach(p => p.Allow(slice));
            // Not a wait for anything: the moment is what is random.
            await Task.Delay(LongestPause * random.NextDouble(), TimeProvider.System);
            if (daemon)
                await gateway.KillAndStartAsync();
            else
                await KillAgentAsync((await gateway.CurrentAsync()).Api);
        }
        producers.ForEach(p => p.Allow(EventsEach - slice * daemonNext.Length));
    }

    /// <summary>After a restart of the daemon there may be no pi yet: then the next one, as soon as it is there.</summary>
    private static Task KillAgentAsync(GatewayApi api) =>
        Wait.Until(async () => await api.AgentPidAsync() is { } pi && Processes.Signal(pi, "KILL"), "a pi to kill");

    private static void Say(string text) => TestContext.Current.SendDiagnosticMessage(text);
}
