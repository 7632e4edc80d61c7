using System.Diagnostics;
using Bellhop.Bench.Load;
using Bellhop.Bench.Report;
using Bellhop.Bench.Subjects;

namespace Bellhop.Bench.Fanout;

/// <summary>How long an event that several live sessions get takes to the last of them.</summary>
internal sealed class FanoutBench : IBench
{
    private const int Terminals = 5;
    private const double PerSecond = 20;
    private const int WarmUp = 100;
    private const string Goaled = "Bellhop";

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

    public string Name => "fanout";

    public string Title => $"One event to {Terminals} live sessions";

    public string Method =>
        $"{PerSecond:0} events a second; the producer does for each of {Terminals} sessions what the skill's fan-out does (LPUSH, then PUBLISH, each awaited). "
        + "Each session is a terminal that joined by its extension and answers at once: ours on Bellhop's listener and on Redis, the skill's on Redis. "
        + "An event's time runs from just before its first LPUSH is written to the moment the last terminal was told of it, on one monotonic clock.";

    public async Task<Findings> RunAsync(BenchContext context, CancellationToken cancel)
    {
        var (rounds, perRound) = context.Quick ? (2, 100) : (5, 200);
        var rooms = new List<TerminalRoom>();
        var found = new List<(string Room, FanoutTimes Times)>();
        try
        {
            await OpenAsync(rooms, context, cancel);
            var next = 1;
            foreach (var room in rooms)
                next = (await RoundAsync(room, next, WarmUp, context, cancel)).Next;
            for (var round = 1; round <= rounds; round++)
            {
                foreach (var room in rooms.Skip(round % rooms.Count).Concat(rooms.Take(round % rooms.Count)))
                {
                    context.Say($"fanout: round {round} of {rounds}, {room.Name}");
                    var (times, after) = await RoundAsync(room, next, perRound, context, cancel);
                    found.Add((room.Name, times));
                    next = after;
                }
            }
        }
        finally
        {
            foreach (var room in rooms)
                await room.DisposeAsync();
        }
        return new Findings([.. rooms.SelectMany(room => Measures(room.Name, found))])
        {
            Charts = [new ChartSpec($"{Title}, milliseconds to the last", "ms", ["last p50", "last p99"], true)],
        };
    }

    private static async Task OpenAsync(List<TerminalRoom> rooms, BenchContext context, CancellationToken cancel)
    {
        var (parts, scratch) = (context.Parts, context.Scratch);
        var ours = await BellhopGateway.StartAsync(parts, scratch.NewFolder("home"), agent: null, cancel);
        rooms.Add(await TerminalRoom.OursAsync(context, ours, Terminals, cancel));
        var home = scratch.NewFolder("home");
        var onRedis = await BellhopGateway.StartOnRedisAsync(parts, home, "everysec", agent: null, cancel);
        rooms.Add(await TerminalRoom.OursAsync(context, onRedis, Terminals, cancel));
        foreach (var fsync in new[] { "everysec", "always" })
            rooms.Add(await TerminalRoom.PeerAsync(context, fsync, Terminals, cancel));
    }

    private static async Task<(FanoutTimes Times, int Next)> RoundAsync(
        TerminalRoom room,
        int first,
        int count,
        BenchContext context,
        CancellationToken cancel
    )
    {
        var producers = new SteadyProducers(room.Bus, room.Sessions, 1, PerSecond, context.Time);
        var sent = await producers.PushAsync(first, count, null, cancel);
        var times = FanoutTimes.Of(sent, room.FirstReads());
        for (var last = Stopwatch.GetTimestamp(); times.Missing > 0 && Stopwatch.GetElapsedTime(last) < Silence; )
        {
            await Task.Delay(BetweenLooks, context.Time, cancel);
            var now = FanoutTimes.Of(sent, room.FirstReads());
            if (now.Missing < times.Missing)
                last = Stopwatch.GetTimestamp();
            times = now;
        }
        return (times, first + count);
    }

    private static IEnumerable<Measure> Measures(string room, IReadOnlyList<(string Room, FanoutTimes Times)> found)
    {
        var times = found.Where(f => f.Room == room).Select(f => f.Times).ToList();
        yield return new Measure(room, "first p50", "ms", [.. times.Select(t => t.FirstP50)]);
        yield return new Measure(room, "last p50", "ms", [.. times.Select(t => t.LastP50)]);
        yield return new Measure(
            room,
            "last p99",
            "ms",
            [.. times.Select(t => t.LastP99)],
            room == Goaled ? Goal.NoMoreThan(10) : null
        );
        yield return new Measure(room, "never told", "", [.. times.Select(t => (double)t.Missing)]);
    }
}
