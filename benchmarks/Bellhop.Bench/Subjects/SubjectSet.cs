namespace Bellhop.Bench.Subjects;

/// <summary>Bellhop and its peers, all up at once, so that rounds can alternate between them.</summary>
internal sealed class SubjectSet : IAsyncDisposable
{
    private readonly List<IGateway> _all = [];

    private SubjectSet() { }

    public IReadOnlyList<IGateway> All => _all;

    public static async Task<SubjectSet> StartAsync(BenchContext context, AgentSetup agent, CancellationToken cancel)
    {
        var set = new SubjectSet();
        try
        {
            var (parts, scratch) = (context.Parts, context.Scratch);
            set._all.Add(await BellhopGateway.StartAsync(parts, scratch.NewFolder("home"), agent, cancel));
            foreach (var fsync in new[] { "everysec", "always" })
                set._all.Add(await SkillGateway.StartAsync(parts, scratch.NewFolder("skill"), fsync, agent, cancel));
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
