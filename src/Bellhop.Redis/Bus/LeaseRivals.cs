using Bellhop.Redis.Client;
using Bellhop.Redis.Resp;

namespace Bellhop.Redis.Bus;

/// <summary>
/// Terminals that a gateway makes way for: any of them where a person handed central over, and where the agent has no
/// model whoever listens on central's channels, also a terminal that knows nothing of leases.
/// </summary>
internal sealed class LeaseRivals(IRedisCalls redis, BusKeys keys, bool makesWay)
{
    /// <summary>Who is there, in words; null = nobody.</summary>
    public async Task<string?> FindAsync(CancellationToken cancel)
    {
        if (await redis.CallAsync(RedisCommand.Of("HEXISTS", keys.Handovers, "gateway"), cancel) is RespInteger(1))
            return "a terminal, to which central was handed over";
        if (!makesWay)
            return null;
        var reply = await redis.CallAsync(
            RedisCommand.Of(["PUBSUB", "NUMSUB", .. keys.CentralChannels.Select(c => (RedisArgument)c)]),
            cancel
        );
        var listening = ((RespAggregate)reply).Items.OfType<RespInteger>().Any(count => count.Value > 0);
        return listening ? "a terminal that listens for central's events" : null;
    }
}
