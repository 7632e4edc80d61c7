using Bellhop.Redis.Client;
using Bellhop.Redis.Resp;

namespace Bellhop.Redis.Bus;

/// <summary>
/// Terminals that an agent without a model makes way for: whoever listens on central's channels takes central's events
/// itself, also a terminal that knows nothing of leases. A real agent makes way for nobody.
/// </summary>
internal sealed class LeaseRivals(IRedisCalls redis, BusKeys keys, bool makesWay)
{
    /// <summary>Who is there, in words; null = nobody.</summary>
    public async Task<string?> FindAsync(CancellationToken cancel)
    {
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
