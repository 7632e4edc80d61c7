using Bellhop.Bench.Load;
using Bellhop.Bench.Report;
using Bellhop.Bench.Subjects;

namespace Bellhop.Bench.Latency;

/// <summary>How long an event takes from its producer to an idle agent.</summary>
/// <param name="onRedis">Bellhop keeps its events in Redis too, instead of in its own store.</param>
internal sealed class LatencyBench(bool onRedis) : IBench
{
    private const double PerSecond = 200;

    /// <summary>Enough that one slow reply does not hold back the next event's send.</summary>
    private const int Producers = 8;

    private const int WarmUp = 600;

    public string Name => onRedis ? "latency-redis" : "latency";

    public string Title => onRedis ? "Event to injection, through Redis" : "Event to injection";

    private string Goaled => onRedis ? "Bellhop, Redis everysec" : "Bellhop";

    private double WorstP99 => onRedis ? 12 : 10;

    public string Method =>
        $"{PerSecond:0} events a second from {Producers} producers (LPUSH, then PUBLISH, each awaited) to an idle agent that answers at once. "
        + "An event's time runs from just before its LPUSH is written to the moment the mock agent has read the prompt that names it, "
        + "on one monotonic clock. `LPUSH answered` is the producer's own wait: behind Bellhop's own store the event is synced to disk by then, behind Redis only where it says `always`.";

    public async Task<Findings> RunAsync(BenchContext context, CancellationToken cancel)
    {
        var (rounds, perRound) = context.Quick ? (2, 600) : (5, 2000);
        await using var subjects = onRedis
            ? await SubjectSet.StartOnRedisAsync(context, AgentSetup.Instant, cancel)
            : await SubjectSet.StartAsync(context, AgentSetup.Instant, cancel);
        var next = 1;
        foreach (var gateway in subjects.All)
            next = (await RoundAsync(gateway, next, WarmUp, context, cancel)).Next;

        var found = new List<(IGateway Gateway, RoundTimes Times)>();
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var gateway in subjects.InTurn(round))
            {
                context.Say($"{Name}: round {round} of {rounds}, {gateway.Name}");
                var (times, after) = await RoundAsync(gateway, next, perRound, context, cancel);
                found.Add((gateway, times));
                next = after;
            }
        }
        return new Findings([.. subjects.All.SelectMany(g => Measures(g, found))])
        {
            Charts = [new ChartSpec($"{Title}, milliseconds", "ms", ["p50", "p99", "max"], true)],
        };
    }

    private static async Task<(RoundTimes Times, int Next)> RoundAsync(
        IGateway gateway,
        int first,
        int count,
        BenchContext context,
        CancellationToken cancel
    )
    {
        var producers = new SteadyProducers(gateway.Bus, [EventBody.Central], Producers, PerSecond, context.Time);
        var sent = await producers.PushAsync(first, count, null, cancel);
        var arrived = await Arrivals.SettleAsync(gateway, first, count, context.Time, cancel);
        return (RoundTimes.Of(sent, arrived), first + count);
    }

    private IEnumerable<Measure> Measures(IGateway gateway, IReadOnlyList<(IGateway Gateway, RoundTimes Times)> found)
    {
        var times = found.Where(f => f.Gateway == gateway).Select(f => f.Times).ToList();
        Measure Of(string name, string unit, Func<RoundTimes, double> pick, Goal? goal = null) =>
            new(gateway.Name, name, unit, [.. times.Select(pick)], gateway.Name == Goaled ? goal : null);
        yield return Of("p50", "ms", t => t.P50, Goal.NoMoreThan(1));
        yield return Of("p99", "ms", t => t.P99, Goal.NoMoreThan(WorstP99));
        yield return Of("max", "ms", t => t.Max);
        yield return Of("LPUSH answered, p50", "ms", t => t.AnsweredP50);
        yield return Of("LPUSH answered, p99", "ms", t => t.AnsweredP99);
        yield return Of("events a prompt", "", t => t.EventsPerPrompt);
        yield return Of("never arrived", "", t => t.Missing);
    }
}
