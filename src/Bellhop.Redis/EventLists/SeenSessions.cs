using Bellhop.Events;
using Bellhop.Routing;

namespace Bellhop.Redis.EventLists;

/// <summary>
/// Makes a session known because a client takes its events or waits for them. It does not become a member of the set
/// that producers read: only SADD does that.
/// </summary>
internal sealed class SeenSessions(SessionRegistry registry)
{
    /// <summary>What waited for the session is queued when this returns.</summary>
    public async Task MarkAsync(SessionId session, CancellationToken cancel)
    {
        if (registry.IsKnown(session))
            return;
        await registry.JoinAsync(session, cancel);
        await registry.LeaveAsync(session, cancel);
    }
}
