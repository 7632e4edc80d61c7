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
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

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
    public Task Failover_FewRounds_NothingIsLostAndNothingTwice(Harm harm) => RunAsync(harm, RoundsResult.Few);

    [Theory]
    [Trait("Length", "long")]
    [InlineData(Harm.HolderKilled)]
    [InlineData(Harm.HolderPaused)]
    [InlineData(Harm.RedisKilled)]
    [InlineData(Harm.RedisPaused)]
    public Task Failover_ManyRounds_NothingIsLostAndNothingTwice(Harm harm) => RunAsync(harm, RoundsResult.Many);

    private static async Task RunAsync(Harm harm, int rounds)
    {
        using var redis = await DurableRedis.StartAsync();
        await using var gateways = await TwoGateways.StartAsync(redis.Url);
        var violence = new GatewayRounds(gateways, TimeSpan.FromMilliseconds(90));
        violence.Add(TimeSpan.FromMilliseconds(60), SteadyProducer.ToRedis(redis));
        await violence.RunAsync(NameOf(harm), rounds, () => HarmAsync(harm, redis, gateways));
    }

    private static string NameOf(Harm harm) =>
        harm switch
        {
            Harm.HolderKilled => "holder killed (SIGKILL)",
            Harm.HolderPaused => "holder stopped (SIGSTOP), 5 s",
            Harm.RedisKilled => "Redis killed (SIGKILL), AOF always",
            _ => "Redis stopped (SIGSTOP), 5 s",
        };

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
