using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Routing;

/// <summary>Lets go of what a rule holds: each event is routed again, as if no rule held it.</summary>
public sealed class Holds(IEventStore store, Router router, Func<RoutingOptions> options)
{
    private const int PageSize = 1_000;

    // One commit each: a lane that wakes meanwhile waits no longer than for these.
    private const int EventsPerCommit = 100;

    /// <summary>Lets go of all that a rule holds, or of one event by its key or id. Null where neither is known.</summary>
    public async Task<int?> ReleaseAsync(string ruleOrId, CancellationToken cancel)
    {
        var held = store.Counts.Sessions.Select(c => c.Session).Where(s => HoldSession.RuleOf(s) == ruleOrId).ToList();
        if (held is [var session])
            return await ReleaseAllAsync(session, "released by hand", cancel);
        if (options().Rules.Any(r => r.Name == ruleOrId && r.Action == RuleAction.Hold))
            return 0;
        return await store.FindAsync(ruleOrId, cancel) is { } receipt
            ? await store.RerouteAsync(Reroutes(receipt, "released by hand"), cancel)
            : null;
    }

    /// <summary>Lets go of what rules held that the configuration no longer has. Returns how many.</summary>
    public async Task<int> ReleaseOrphansAsync(CancellationToken cancel)
    {
        var released = 0;
        foreach (var (session, _, _, _) in store.Counts.Sessions)
        {
            if (HoldSession.RuleOf(session) is { } rule && !IsHolding(rule))
                released += await ReleaseAllAsync(session, $"rule {rule} holds no more", cancel);
        }
        return released;
    }

    private bool IsHolding(string rule) => options().Rules.Any(r => r.Name == rule && r.Action == RuleAction.Hold);

    private async Task<int> ReleaseAllAsync(SessionId session, string note, CancellationToken cancel)
    {
        var released = 0;
        foreach (var keys in (await OldestFirstAsync(session, cancel)).Chunk(EventsPerCommit))
        {
            var reroutes = new List<Reroute>(keys.Length);
            foreach (var key in keys)
            {
                if (await store.FindAsync(key.ToString(), cancel) is { } receipt)
                    reroutes.AddRange(Reroutes(receipt, note).Where(r => IsOf(receipt, r.Delivery, session)));
            }
            released += await store.RerouteAsync(reroutes, cancel);
        }
        return released;
    }

    private static bool IsOf(Receipt receipt, long delivery, SessionId session) =>
        receipt.Deliveries.Any(d => d.Number == delivery && d.Session == session);

    /// <summary>Keys only: a backlog's bodies would not fit into memory.</summary>
    private async Task<List<Ulid>> OldestFirstAsync(SessionId session, CancellationToken cancel)
    {
        var keys = new List<Ulid>();
        IReadOnlyList<DeliverySummary> page = [];
        do
        {
            page = await store.ListAsync(
                new DeliveryQuery
                {
                    Session = session,
                    State = DeliveryState.Queued,
                    Before = page is [.., var last] ? last.Delivery : null,
                    Limit = PageSize,
                },
                cancel
            );
            keys.AddRange(page.Select(row => row.Event.Key));
        } while (page.Count == PageSize);
        keys.Reverse();
        return keys;
    }

    private List<Reroute> Reroutes(Receipt receipt, string note) =>
        [
            .. receipt
                .Deliveries.Where(d => d.State == DeliveryState.Queued && HoldSession.RuleOf(d.Session) is not null)
                .Select(d => new Reroute(d.Number, router.DecideReleased(receipt.Event).Targets, note)),
        ];
}
