using Bellhop.Bench.Report;
using Bellhop.Bench.Subjects;

namespace Bellhop.Bench.Start;

/// <summary>How long things take to be there.</summary>
internal sealed class StartBench : IBench
{
    private const string Ours = "Bellhop";
    private const string Theirs = "peers";

    public string Name => "start";

    public string Title => "Cold start";

    public string Method =>
        "From just before the program is executed to the first 200 of `/readyz`, in a home that was used before; and a client command from execution to exit. "
        + "Beside it what the peers need before their first line of work: Node importing ioredis, a Redis server answering, and the real pi answering its first `get_state`. "
        + "Files are in the system's cache for all of them.";

    public async Task<Findings> RunAsync(BenchContext context, CancellationToken cancel)
    {
        var times = new Times();
        var home = context.Scratch.NewFolder("home");
        var peers = new PeerStarts(context.Parts, context.Scratch);
        // The first of each fills the caches and writes the home; it is not counted.
        for (var round = 0; round <= (context.Quick ? 3 : 10); round++)
        {
            context.Say($"start: round {round}");
            var counted = round > 0 ? times : new Times();
            await MeasureOursAsync(counted, context.Parts, home, cancel);
            counted.Add(Theirs, "node + ioredis import", await peers.IoredisAsync(cancel));
            counted.Add(Theirs, "redis-server, listening", await peers.RedisAsync(cancel));
            if (context.Parts.Pi is { } pi)
                counted.Add(Theirs, "pi, first get_state", await peers.PiAsync(pi, cancel));
        }
        return new Findings(times.Measures);
    }

    private static async Task MeasureOursAsync(Times times, Parts parts, string home, CancellationToken cancel)
    {
        await using var gateway = await BellhopGateway.StartAsync(parts, home, AgentSetup.Instant, cancel);
        times.Add(Ours, "up, ready", gateway.TimeToReady, Goal.NoMoreThan(500));
        times.Add(Ours, "status", await gateway.CommandAsync(["status", "--json"], cancel));
        times.Add(Ours, "push", await gateway.CommandAsync(["push", "bench.start", "--source", "bench"], cancel));
    }

    private sealed class Times
    {
        private readonly Dictionary<(string Subject, string Name), (List<double> Rounds, Goal? Goal)> _all = [];

        public IReadOnlyList<Measure> Measures =>
            [.. _all.Select(t => new Measure(t.Key.Subject, t.Key.Name, "ms", t.Value.Rounds, t.Value.Goal))];

        public void Add(string subject, string name, TimeSpan time, Goal? goal = null)
        {
            if (!_all.TryGetValue((subject, name), out var found))
                _all[(subject, name)] = found = ([], goal);
            found.Rounds.Add(time.TotalMilliseconds);
        }
    }
}
