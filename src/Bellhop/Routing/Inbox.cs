using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Routing;

/// <summary>
/// The one door by which anything enters. What it accepts is on disk when it returns: in the store or, while that is away,
/// in the spool of this machine.
/// </summary>
public sealed class Inbox(IEventStore store, Router router, IEventSpool? spool = null)
{
    /// <summary>
    /// Routes and writes events, all or none. Where a row says why its bytes could not be read, it is kept as a dead
    /// letter in its place. <paramref name="list"/>: the session a producer addressed by writing to its list; null where
    /// the producer named none and the routing rules decide.
    /// </summary>
    public async Task<AppendResult> AcceptAsync(
        IReadOnlyList<(Event Event, string? Quarantine)> rows,
        SessionId? list,
        CancellationToken cancel
    )
    {
        if (spool is { HasBacklog: true })
            return await KeepAsync(spool, rows, list);
        try
        {
            return await store.AppendAsync([.. rows.Select(r => Routed(r, list))], cancel);
        }
        catch (StoreException e) when (e.IsAway && spool is not null)
        {
            return await KeepAsync(spool, rows, list);
        }
    }

    private NewEvent Routed((Event Event, string? Quarantine) row, SessionId? list) =>
        new(row.Event, Decide(row, list).Targets) { Quarantine = row.Quarantine };

    /// <summary>What is no event has no type that a rule could speak of: it is a dead letter of whoever it was meant for.</summary>
    private RoutingDecision Decide((Event Event, string? Quarantine) row, SessionId? list) =>
        row.Quarantine is null ? router.Decide(row.Event, list) : router.DecideWithoutRules(row.Event, list);

    /// <summary>On the pool: each is synced, and who asks may be the thread that serves all sockets.</summary>
    private Task<AppendResult> KeepAsync(
        IEventSpool keeper,
        IReadOnlyList<(Event Event, string? Quarantine)> rows,
        SessionId? list
    ) => Task.Run(() => Keep(keeper, rows, list), CancellationToken.None);

    private AppendResult Keep(
        IEventSpool keeper,
        IReadOnlyList<(Event Event, string? Quarantine)> rows,
        SessionId? list
    )
    {
        try
        {
            keeper.Keep([.. rows.Select(r => new SpooledEvent(r.Event, list, r.Quarantine))]);
        }
        catch (StoreException e) when (e.IsDiskFull)
        {
            return AppendResult.Refused(AppendRefusal.DiskFull);
        }
        return new AppendResult([.. rows.Select(r => Spooled(Routed(r, list)))]);
    }

    private static AppendedEvent Spooled(NewEvent e) =>
        new(e.Event.Key, e.Event.Id, Duplicate: false, [.. e.Targets.Select(t => t.Session)]) { Spooled = true };
}
