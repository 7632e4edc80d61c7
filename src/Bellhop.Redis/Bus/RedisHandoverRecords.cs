using Bellhop.Events;
using Bellhop.Redis.Client;
using Bellhop.Redis.Resp;
using Bellhop.Routing;
using Bellhop.Store;

namespace Bellhop.Redis.Bus;

/// <summary>Records in Redis, where every gateway on it reads them.</summary>
internal sealed class RedisHandoverRecords(RedisBus bus) : IHandoverRecords
{
    public async Task<bool> IsHandedOverAsync(SessionId session, CancellationToken cancel) =>
        await CallAsync(RedisCommand.Of("HEXISTS", bus.Keys.Handovers, session.Value), cancel) is RespInteger(1);

    public async Task SaveAsync(SessionId session, SessionHolder holder, CancellationToken cancel)
    {
        await CallAsync(
            holder == SessionHolder.Terminal
                ? RedisCommand.Of("HSET", bus.Keys.Handovers, session.Value, "terminal")
                : RedisCommand.Of("HDEL", bus.Keys.Handovers, session.Value),
            cancel
        );
        await CallAsync(RedisCommand.Of("PUBLISH", bus.Keys.News, session.Value), cancel);
    }

    private async Task<RespValue> CallAsync(RedisCommand command, CancellationToken cancel)
    {
        try
        {
            return await bus.Client.CallAsync(command, cancel);
        }
        catch (RedisException e)
        {
            throw new StoreException(e.Message, e) { IsAway = true };
        }
    }
}
