using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Extension;

/// <summary>
/// Satellites beside a Bellhop that is central, on one Redis. One dies with events in hand and never comes back, and
/// central adopts what it left; the Redis dies, or stops for a while, and nobody has to.
/// </summary>
public sealed class BesideBellhopTests(FakeModel model) : IClassFixture<FakeModel>
{
    private static readonly TimeSpan LongestMoment = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>A lease of 2 s, 15 s of grace, and a look every 5 s; the rest is for central's turns.</summary>
    private static readonly TimeSpan LongestAdoption = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DrainTime = TimeSpan.FromMinutes(2);

    public enum Harm
    {
        SatelliteKilled,
        SatelliteAsleep,
        RedisKilled,
        RedisStopped,
    }

    [Fact]
    public Task SatelliteKilled_FewRounds_CentralAdoptsEachEventOnce() =>
        RunAsync(Harm.SatelliteKilled, RoundsResult.Few);

    [Theory]
    [Trait("Length", "long")]
    [InlineData(Harm.SatelliteKilled)]
    [InlineData(Harm.SatelliteAsleep)]
    [InlineData(Harm.RedisKilled)]
    [InlineData(Harm.RedisStopped)]
    public Task Harm_ManyRounds_NothingIsLostAndNothingTwice(Harm harm) => RunAsync(harm, RoundsResult.Many);

    private async Task RunAsync(Harm harm, int rounds)
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        await using var all = await BesideBellhop.StartAsync(model);
        for (var round = 0; round < rounds; round++)
        {
            // Redis' troubles leave the satellite alive; adoptions of those that are not go on while the next one comes.
            var satellite =
                harm is Harm.RedisKilled or Harm.RedisStopped && round > 0
                    ? all.Satellites[0]
                    : await all.AddSatelliteAsync();
            await all.BurstAsync(satellite);
            // Not a wait for anything: the moment is what is random.
            await Task.Delay(LongestMoment * random.NextDouble(), TimeProvider.System);
            satellite.HarmedAt = TimeProvider.System.GetUtcNow();
            await HarmAsync(harm, all.Redis, satellite.Pi);
        }
        await all.IsDrainedAsync(DrainTime);
        if (harm == Harm.SatelliteAsleep)
            await WakeAsync(all);
        await JudgeAsync(harm, rounds, all, seed);
    }

    private static async Task HarmAsync(Harm harm, PersistentRedis redis, PiRpc satellite)
    {
        switch (harm)
        {
            case Harm.SatelliteKilled:
                satellite.Kill();
                break;
            case Harm.SatelliteAsleep:
                Processes.Signal(satellite.Pid, "STOP");
                break;
            case Harm.RedisKilled:
                redis.Kill();
                await redis.StartAgainAsync();
                break;
            default:
                redis.Stop();
                await Task.Delay(Pause, TimeProvider.System);
                redis.Continue();
                break;
        }
    }

    /// <summary>Long after central has adopted their events they go on, and take new ones.</summary>
    private static async Task WakeAsync(BesideBellhop all)
    {
        foreach (var satellite in all.Satellites)
            Processes.Signal(satellite.Pi.Pid, "CONT");
        foreach (var satellite in all.Satellites)
        {
            await all.IsSeenAsync(satellite);
            await all.ToSatelliteAsync(satellite, withId: true);
        }
        await all.IsDrainedAsync(DrainTime);
    }

    private static async Task JudgeAsync(Harm harm, int rounds, BesideBellhop all, int seed)
    {
        var report = await BesideReport.MakeAsync(all);
        var result = new RoundsResult(NameOf(harm), rounds, all.Pushed, report.Lost.Count, report.Twice.Count)
        {
            GivenAgain = report.GivenAgain.Count,
            TakeOvers = report.Adoptions,
            Server = await ServerVersion.OfAsync(all.Redis.Program),
        };
        await result.KeepAsync(TerminalRounds.KeptIn);
        report.Lost.ShouldBeEmpty($"seed {seed}\n{all.Gateway.Said}");
        report.Twice.ShouldBeEmpty($"seed {seed}\n{all.Gateway.Said}");
        report.Unsaid.ShouldBeEmpty($"seed {seed}");
        foreach (var satellite in all.Satellites)
            satellite.Own.Intersect(report.GivenAgain).Count().ShouldBeLessThanOrEqualTo(1, $"seed {seed}");
        report.Adoptions.ShouldAllBe(after => after <= LongestAdoption);
        if (harm is Harm.RedisKilled or Harm.RedisStopped)
            report.Adoptions.ShouldBeEmpty("nobody was gone");
    }

    private static string NameOf(Harm harm) =>
        harm switch
        {
            Harm.SatelliteKilled => "beside Bellhop: satellite killed (SIGKILL) for good",
            Harm.SatelliteAsleep => "beside Bellhop: satellite stopped (SIGSTOP) until its events were adopted",
            Harm.RedisKilled => "beside Bellhop: Redis killed (SIGKILL), AOF always",
            _ => "beside Bellhop: Redis stopped (SIGSTOP), 5 s",
        };
}
