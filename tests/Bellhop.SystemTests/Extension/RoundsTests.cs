using System.Globalization;
using Bellhop.SystemTests.Testing;
using static Bellhop.SystemTests.Testing.RealPi;

namespace Bellhop.SystemTests.Extension;

/// <summary>
/// The same violence again and again, at moments of chance, under a lease of 2 s: nothing is lost, and nothing is told twice
/// in one transcript. What a run showed is kept in <c>artifacts/test-results/extension/rounds.txt</c>.
/// </summary>
public sealed class RoundsTests(FakeModel model) : IClassFixture<FakeModel>
{
    private const int EventsEach = 6;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestMoment = TimeSpan.FromMilliseconds(600);

    [Fact]
    public Task KillOfPi_3Rounds() => KillOfPiAsync(3);

    [Fact, Trait("Length", "long")]
    public Task KillOfPi_20Rounds() => KillOfPiAsync(20);

    private Task KillOfPiAsync(int rounds) =>
        RunAsync(
            rounds,
            async (person, _, pi) =>
            {
                pi.Kill();
                return await StartAsync(person);
            }
        );

    [Fact]
    public Task KillOfRedis_3Rounds() => KillOfRedisAsync(3);

    [Fact, Trait("Length", "long")]
    public Task KillOfRedis_20Rounds() => KillOfRedisAsync(20);

    private Task KillOfRedisAsync(int rounds) =>
        RunAsync(
            rounds,
            async (_, redis, pi) =>
            {
                redis.Kill();
                await redis.StartAgainAsync();
                return pi;
            }
        );

    [Fact]
    public Task PauseOfRedis_3Rounds() => PauseOfRedisAsync(3);

    [Fact, Trait("Length", "long")]
    public Task PauseOfRedis_20Rounds() => PauseOfRedisAsync(20);

    private Task PauseOfRedisAsync(int rounds) =>
        RunAsync(
            rounds,
            async (_, redis, pi) =>
            {
                redis.Stop();
                await Task.Delay(Pause, TimeProvider.System);
                redis.Continue();
                return pi;
            }
        );

    private async Task RunAsync(int rounds, Func<TerminalFixture, PersistentRedis, PiRpc, Task<PiRpc>> harm)
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        var pi = await StartAsync(person);
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < EventsEach; i++)
                await person.PushAsync("main", Numbered((round * EventsEach) + i));
            await Task.Delay(LongestMoment * random.NextDouble(), TimeProvider.System);
            pi = await harm(person, redis, pi);
        }

        var all = Enumerable.Range(0, rounds * EventsEach).ToList();
        await person.EndOfAsync($"e{all[^1]}", Wait.Patience * 2);
        var twice = all.Count(i => person.TimesTold($"t.{i}**") > 1);
        var lost = all.Count(i => person.TimesTold($"t.{i}**") == 0);
        var ended = (await person.ReceiptsAsync()).Count(r => (string?)r["state"] == "completed");
        await KeepAsync(rounds, $"seed {seed}: {all.Count} events, {lost} lost, {twice} twice, {ended} ends");
        (lost, twice).ShouldBe((0, 0), $"seed {seed}");
        ended.ShouldBeGreaterThanOrEqualTo(all.Count, $"seed {seed}");
        await person.NothingInHandAsync("gateway");
        await person.NothingInHandAsync("main");
        pi.HasExited.ShouldBeFalse();
    }

    private static Task<PiRpc> StartAsync(TerminalFixture person) =>
        person.StartRpcAsync(New, ("BELLHOP_LEASE_MS", "2000"));

    private static string Numbered(int i) =>
        $$$"""{"id":"e{{{i}}}","type":"t.{{{i}}}","source":"s","payload":{"x":"[[delay:60]]"}}""";

    private static async Task KeepAsync(int rounds, string result)
    {
        var folder = Path.Combine(Repository.Root, "artifacts", "test-results", "extension");
        Directory.CreateDirectory(folder);
        var test = TestContext.Current.TestMethod?.MethodName;
        var at = TimeProvider.System.GetUtcNow().ToString("u", CultureInfo.InvariantCulture);
        await File.AppendAllTextAsync(Path.Combine(folder, "rounds.txt"), $"{at} {test} {rounds} rounds, {result}\n");
    }
}
