using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Routing;

/// <summary>The one door by which anything enters. What it accepts is on disk when it returns.</summary>
public sealed class Inbox(IEventStore store, Router router)
{
    /// <summary>
    /// Routes and writes events, all or none. Where a row says why its bytes could not be read, it is kept as a dead
    /// letter in its place. <paramref name="list"/>: the session a producer addressed by writing to its list; null where
    /// the producer named none and the routing rules decide.
    /// </summary>
    public Task<AppendResult> AcceptAsync(
        IReadOnlyList<(Event Event, string? Quarantine)> rows,
        SessionId? list,
        CancellationToken cancel
    ) =>
        store.AppendAsync(
            [.. rows.Select(r => new NewEvent(r.Event, Decide(r, list).Targets) { Quarantine = r.Quarantine })],
            cancel
        );

    /// <summary>What is no event has no type that a rule could speak of: it is a dead letter of whoever it was meant for.</summary>
    private RoutingDecision Decide((Event Event, string? Quarantine) row, SessionId? list) =>
        row.Quarantine is null ? router.Decide(row.Event, list) : router.DecideWithoutRules(row.Event, list);
}
