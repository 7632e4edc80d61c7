using Bellhop.Events;
using Bellhop.Redis.Client;
using Bellhop.Redis.Terminals;
using Bellhop.Routing;
using Bellhop.Store;

namespace Bellhop.Redis.Bus;

/// <summary>Speaks to the terminals that are on the Redis.</summary>
internal sealed class RedisTerminalCalls(RedisBus bus) : ITerminalCalls
{
    public async Task GiveAsync(SessionId session, TerminalLease next, CancellationToken cancel)
    {
        var (note, lapse) = (HandoverNote.Write(next), (long)HandoverNote.Lapse.TotalMilliseconds);
        try
        {
            await bus.Client.CallAllAsync(
                [
                    RedisCommand.Of("SET", bus.Keys.Handover(session), note, "PX", lapse),
                    RedisCommand.Of("PUBLISH", bus.Keys.News, note),
                ],
                cancel
            );
        }
        catch (RedisException e)
        {
            throw new StoreException(e.Message, e) { IsAway = true };
        }
    }
}
