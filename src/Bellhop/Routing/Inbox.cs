using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Routing;

/// <summary>The one door by which anything enters. What it accepts is on disk when it returns.</summary>
public sealed class Inbox(IEventStore store, Router router)
{
    /// <summary>
    /// Routes and writes events, all or none. <paramref name="list"/>: the session a producer addressed by writing to
    /// its list; null where the producer named none and the routing rules decide.
    /// </summary>
    public Task<AppendResult> AcceptAsync(IReadOnlyList<Event> events, SessionId? list, CancellationToken cancel) =>
        store.AppendAsync([.. events.Select(e => new NewEvent(e, router.Route(e, list)))], cancel);

    /// <summary>Keeps bytes that could not be read as a dead letter with the reason, so that nothing is discarded.</summary>
    public Task<AppendResult> QuarantineAsync(
        Event unreadable,
        string reason,
        SessionId? list,
        CancellationToken cancel
    ) => store.AppendAsync([new NewEvent(unreadable, router.Route(unreadable, list)) { Quarantine = reason }], cancel);
}
