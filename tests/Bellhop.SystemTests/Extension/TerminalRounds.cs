using Bellhop.SystemTests.Testing;
using static Bellhop.SystemTests.Testing.RealPi;

namespace Bellhop.SystemTests.Extension;

/// <summary>
/// One terminal that is central, without a Bellhop. A burst of events, something breaks at a moment of chance, and that
/// again and again. In the end the verdict: each event stands in the transcript once, and its end on the bus.
/// </summary>
internal sealed class TerminalRounds(TerminalFixture person, string server)
{
    /// <summary>Results of many rounds.</summary>
    public const string KeptIn = "terminals.md";

    /// <summary>A lease that ends while the bus is away.</summary>
    public static readonly (string, string?) ShortLease = ("BELLHOP_LEASE_MS", "2000");

    private const int EventsEach = 6;

    private static readonly TimeSpan LongestMoment = TimeSpan.FromMilliseconds(600);

    private readonly int _seed = Random.Shared.Next();

    /// <summary>The terminal, started or started again.</summary>
    public Task<PiRpc> StartAsync() => person.StartRpcAsync(New, ShortLease);

    /// <param name="harm">Its name.</param>
    /// <param name="rounds">How often.</param>
    /// <param name="harmAsync">Does it and undoes it; the terminal of the next round.</param>
    public async Task RunAsync(string harm, int rounds, Func<PiRpc, Task<PiRpc>> harmAsync)
    {
        var random = new Random(_seed);
        var pi = await StartAsync();
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < EventsEach; i++)
                await person.PushAsync("main", Numbered((round * EventsEach) + i));
            // Not a wait for anything: the moment is what is random.
            await Task.Delay(LongestMoment * random.NextDouble(), TimeProvider.System);
            pi = await harmAsync(pi);
        }
        var all = Enumerable.Range(0, rounds * EventsEach).ToList();
        await person.EndOfAsync($"e{all[^1]}", Wait.Patience * 2);
        await JudgeAsync(harm, rounds, all);
        pi.HasExited.ShouldBeFalse();
    }

    private async Task JudgeAsync(string harm, int rounds, List<int> all)
    {
        var ended = (await person.ReceiptsAsync())
            .Where(r => (string?)r["state"] == "completed")
            .Select(r => (string?)r["id"])
            .ToHashSet();
        var twice = all.Where(i => person.TimesTold($"t.{i}**") > 1).ToList();
        var lost = all.Where(i => person.TimesTold($"t.{i}**") == 0 || !ended.Contains($"e{i}")).ToList();
        await new RoundsResult(harm, rounds, all.Count, lost.Count, twice.Count) { Server = server }.KeepAsync(KeptIn);
        lost.ShouldBeEmpty($"seed {_seed}");
        twice.ShouldBeEmpty($"seed {_seed}");
        await person.NothingInHandAsync("gateway");
        await person.NothingInHandAsync("main");
    }

    private static string Numbered(int i) =>
        $$$"""{"id":"e{{{i}}}","type":"t.{{{i}}}","source":"s","payload":{"x":"[[delay:60]]"}}""";
}
