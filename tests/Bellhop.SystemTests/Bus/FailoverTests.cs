using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Bus;

/// <summary>Keeps this off the machine's other work: leases of two seconds are lost on a machine that has no time.</summary>
[CollectionDefinition(nameof(FailoverTests), DisableParallelization = true)]
public sealed class FailoverCollection;

/// <summary>
/// Two gateways with real pis on one Redis, events coming in all the time, and again and again something breaks. What
/// was acknowledged is completed, no transcript holds an event twice, and the other gateway takes over in time.
/// </summary>
[Collection(nameof(FailoverTests))]
public sealed class FailoverTests
{
    private const int ShortRounds = 3;
    private const int LongRounds = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DrainTime = TimeSpan.FromMinutes(2);

    public enum Harm
    {
        HolderKilled,
        HolderPaused,
        RedisKilled,
        RedisPaused,
    }

    [Theory]
    [InlineData(Harm.HolderKilled)]
    [InlineData(Harm.HolderPaused)]
    [InlineData(Harm.RedisKilled)]
    [InlineData(Harm.RedisPaused)]
    public Task Failover_FewRounds_NothingIsLostAndNothingTwice(Harm harm) => RunAsync(harm, ShortRounds);

    [Theory]
    [Trait("Length", "long")]
    [InlineData(Harm.HolderKilled)]
    [InlineData(Harm.HolderPaused)]
    [InlineData(Harm.RedisKilled)]
    [InlineData(Harm.RedisPaused)]
    public Task Failover_ManyRounds_NothingIsLostAndNothingTwice(Harm harm) => RunAsync(harm, LongRounds);

    private static async Task RunAsync(Harm harm, int rounds)
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        using var redis = await DurableRedis.StartAsync();
        await using var gateways = await TwoGateways.StartAsync(redis.Url);
        SteadyProducer[] producers =
        [
            new(0, random.Next(), TimeSpan.FromMilliseconds(60), SteadyProducer.ToRedis(redis)),
            new(
                1,
                random.Next(),
                TimeSpan.FromMilliseconds(90),
                SteadyProducer.ToGateway(() => Task.FromResult(gateways.Both[0].Api))
            ),
            new(
                2,
                random.Next(),
                TimeSpan.FromMilliseconds(90),
                SteadyProducer.ToGateway(() => Task.FromResult(gateways.Both[1].Api))
            ),
        ];
        var producing = Task.WhenAll(producers.Select(p => p.RunAsync()));
        var takeOvers = new List<TimeSpan>();
        for (var round = 0; round < rounds; round++)
        {
            // Not a wait for anything: the moment is what is random.
            await Task.Delay(TimeSpan.FromSeconds(1 + random.NextDouble()), TimeProvider.System);
            if (await HarmAsync(harm, redis, gateways) is { } took)
                takeOvers.Add(took);
        }
        Array.ForEach(producers, p => p.Stop());
        await producing;
        await gateways.WhoAsync();
        foreach (var member in gateways.Both)
            await Wait.Until(() => member.IsDrainedAsync(), $"the backlog to drain (seed {seed})", DrainTime);

        var pushed = producers.SelectMany(p => p.Acknowledged).ToList();
        var report = await FailoverReport.MakeAsync(pushed, gateways);
        TestContext.Current.SendDiagnosticMessage(
            $"{harm}, {rounds} rounds: {pushed.Count} events, lost {report.Lost.Count}, twice {report.Twice.Count}, "
                + $"given again {report.GivenAgain.Count}, take-overs {string.Join(' ', takeOvers.Select(t => $"{t.TotalSeconds:0.00}"))} s"
        );
        report.Lost.ShouldBeEmpty($"seed {seed}\n{gateways.Both[0].Said}\n{gateways.Both[1].Said}");
        report.Untold.ShouldBeEmpty($"seed {seed}");
        report.Twice.ShouldBeEmpty($"seed {seed}");
        takeOvers.ShouldAllBe(t => t <= TwoGateways.Lease * 1.5);
    }

    /// <summary>Does it and undoes it. How long the other gateway took to be central, where it had to be.</summary>
    private static async Task<TimeSpan?> HarmAsync(Harm harm, DurableRedis redis, TwoGateways gateways)
    {
        var (holder, other) = await gateways.WhoAsync();
        switch (harm)
        {
            case Harm.HolderKilled:
                await holder.KillAsync();
                var killed = await UntilCentralAsync(other);
                await holder.StartAsync();
                return killed;
            case Harm.HolderPaused:
                holder.Pause();
                var paused = await UntilCentralAsync(other);
                await Task.Delay(Pause - paused, TimeProvider.System);
                holder.GoOn();
                return paused;
            case Harm.RedisKilled:
                await redis.KillAsync();
                await redis.StartAgainAsync();
                return null;
            default:
                redis.Pause();
                await Task.Delay(Pause, TimeProvider.System);
                redis.GoOn();
                return null;
        }
    }

    private static async Task<TimeSpan> UntilCentralAsync(Member member)
    {
        var start = TimeProvider.System.GetTimestamp();
        await Wait.Until(async () => await member.Api.RoleAsync() == "central", "the other gateway to take over");
        return TimeProvider.System.GetElapsedTime(start);
    }
}
