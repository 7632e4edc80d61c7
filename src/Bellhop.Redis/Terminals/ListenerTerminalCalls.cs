using Bellhop.Events;
using Bellhop.Redis.Commands;
using Bellhop.Redis.Listener;
using Bellhop.Routing;
using Bellhop.Store;

namespace Bellhop.Redis.Terminals;

/// <summary>Speaks to the terminals that are on our own listener.</summary>
internal sealed class ListenerTerminalCalls(IKeyspace keyspace, KeyNames names, PubSub pubSub, TimeProvider time)
    : ITerminalCalls
{
    public async Task GiveAsync(SessionId session, TerminalLease next, CancellationToken cancel)
    {
        var (key, value, end) = (
            names.Handover(session),
            HandoverNote.Write(next),
            time.GetUtcNow() + HandoverNote.Lapse
        );
        await keyspace.RunAsync(
            step =>
            {
                step.SetString(key, value);
                return step.Expire(key, end);
            },
            cancel
        );
        pubSub.Publish(names.News, value);
    }
}
