namespace Bellhop.Bench.Subjects;

/// <summary>Bellhop and its peers, all up at once, so that rounds can alternate between them.</summary>
internal sealed class SubjectSet : IAsyncDisposable
{
    private static readonly string[] AppendFsyncs = ["everysec", "always"];

    private readonly List<IGateway> _all = [];

    private SubjectSet() { }

    public IReadOnlyList<IGateway> All => _all;

    /// <summary>Bellhop with its own store, and the skill on Redis.</summary>
    public static Task<SubjectSet> StartAsync(BenchContext context, AgentSetup agent, CancellationToken cancel) =>
        StartAsync(
            context,
            agent,
            async set =>
                set._all.Add(
                    await BellhopGateway.StartAsync(context.Parts, context.Scratch.NewFolder("home"), agent, cancel)
                ),
            cancel
        );

    /// <summary>Bellhop on Redis, and the skill on Redis, each with one of its own.</summary>
    public static Task<SubjectSet> StartOnRedisAsync(
        BenchContext context,
        AgentSetup agent,
        CancellationToken cancel
    ) =>
        StartAsync(
            context,
            agent,
            async set =>
            {
                foreach (var fsync in AppendFsyncs)
                {
                    var home = context.Scratch.NewFolder("home");
                    set._all.Add(await BellhopGateway.StartOnRedisAsync(context.Parts, home, fsync, agent, cancel));
                }
            },
            cancel
        );

    private static async Task<SubjectSet> StartAsync(
        BenchContext context,
        AgentSetup agent,
        Func<SubjectSet, Task> startOurs,
        CancellationToken cancel
    )
    {
        var set = new SubjectSet();
        try
        {
            await startOurs(set);
            foreach (var fsync in AppendFsyncs)
            {
                var folder = context.Scratch.NewFolder("skill");
                set._all.Add(await SkillGateway.StartAsync(context.Parts, folder, fsync, agent, cancel));
            }
            return set;
        }
        catch
        {
            await set.DisposeAsync();
            throw;
        }
    }

    /// <summary>The order of one round: each round another one goes first, so that none always follows the same.</summary>
    public IEnumerable<IGateway> InTurn(int round) =>
        Enumerable.Range(0, _all.Count).Select(i => _all[(i + round) % _all.Count]);

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _all)
            await gateway.DisposeAsync();
    }
}
