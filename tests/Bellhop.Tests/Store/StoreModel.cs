using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Tests.Store;

/// <summary>
/// The rules of a store once more, as plainly as they can be said: lists in memory, no clock of its own, no file. A real
/// store is right when it always does what this one does.
/// </summary>
internal sealed class StoreModel
{
    private readonly List<(Event Event, List<ModelDelivery> Deliveries)> _events = [];
    private int _number;

    public IEnumerable<ModelDelivery> All => _events.SelectMany(e => e.Deliveries).OrderBy(d => d.Number);

    public (Ulid Key, bool Duplicate) Append(Event e, IReadOnlyList<Target> targets)
    {
        var known = _events.FindLast(k => k.Event.Id == e.Id && k.Event.Source == e.Source);
        var isKnown = known.Event is not null && e.ArrivedAt - known.Event.ArrivedAt < e.DedupeWindow;
        var entry = isKnown ? known : (Event: e, Deliveries: []);
        if (!isKnown)
            _events.Add(entry);
        var fresh = targets.Where(t => entry.Deliveries.TrueForAll(d => d.Session != t.Session)).ToList();
        foreach (var target in fresh)
            Add(entry, target.Session, Born(target));
        return (entry.Event.Key, fresh.Count == 0);
    }

    public int Reroute(ModelDelivery delivery, IReadOnlyList<Target> targets)
    {
        if (delivery.State is not (DeliveryState.Accepted or DeliveryState.Queued))
            return 0;
        (delivery.State, delivery.Moved) = (DeliveryState.Dropped, true);
        var entry = _events.Find(e => e.Event == delivery.Event);
        foreach (var target in targets.Where(t => entry.Deliveries.TrueForAll(d => d.Session != t.Session)))
            Add(entry, target.Session, Born(target));
        return 1;
    }

    /// <summary>The keys that the next lease must carry; empty when it must wait.</summary>
    public List<ModelDelivery> Next(SessionId session, BatchLimits limits, DateTimeOffset now)
    {
        var lane = All.Where(d => d.Session == session && d.State == DeliveryState.Queued).ToList();
        var persons = lane.Where(d => d.Event.Kind == EventKind.Person).ToList();
        var free = persons.FindIndex(d => IsDue(d, now) && !persons.Exists(p => Holds(p, d, now)));
        if (free >= 0)
            return Batch(persons.Skip(free), limits, d => IsDue(d, now) && !persons.Exists(p => Holds(p, d, now)));
        var machines = lane.Where(d => d.Event.Kind == EventKind.Machine);
        return Batch(machines, limits, d => IsDue(d, now));
    }

    public static void Lease(IEnumerable<ModelDelivery> batch, Ulid turn) =>
        Set(batch, DeliveryState.Injecting, d => d.Turn = turn);

    public void Injected(Ulid turn, bool told) =>
        Set(Open(turn), DeliveryState.Injected, d => d.ToldIn = told ? turn : d.ToldIn);

    public void Complete(Ulid turn) => Set(Open(turn), DeliveryState.Completed, _ => { });

    public void Release(Ulid turn, bool forget) =>
        Set(Open(turn), DeliveryState.Queued, d => (d.ToldIn, d.DueAt) = (forget ? null : d.ToldIn, null));

    public void Fault(Ulid turn, TurnFault fault, RetryPolicy policy, DateTimeOffset now)
    {
        var batch = Open(turn);
        foreach (var d in batch)
        {
            d.Attempts += fault == TurnFault.Failed ? 1 : 0;
            d.Kills += fault == TurnFault.KilledAgent && batch.Count == 1 ? 1 : 0;
        }
        var spent = batch.Count == 1 && (batch[0].Attempts >= policy.MaxAttempts || batch[0].Kills >= policy.MaxKills);
        if (fault == TurnFault.Interrupted || spent)
        {
            Set(batch, DeliveryState.Dead, _ => { });
            return;
        }
        DateTimeOffset? due = fault == TurnFault.Failed ? now + policy.Delay(batch.Max(d => d.Attempts)) : null;
        foreach (var half in batch.Chunk((batch.Count + 1) / 2))
            Set(half, DeliveryState.Queued, d => (d.Cohort, d.DueAt) = (half[0].Number, due));
    }

    public int Join(SessionId session) =>
        Set(
            All.Where(d => d.Session == session && d.State == DeliveryState.Accepted).ToList(),
            DeliveryState.Queued,
            _ => { }
        );

    public int Adopt()
    {
        var waiting = All.Where(d => d.State == DeliveryState.Accepted).ToList();
        foreach (var d in waiting)
        {
            (d.State, d.Moved) = (DeliveryState.Dropped, true);
            var entry = _events.Find(e => e.Event == d.Event);
            if (entry.Deliveries.TrueForAll(other => !other.Session.IsGateway))
                Add(entry, SessionId.Gateway, DeliveryState.Queued);
        }
        return waiting.Count;
    }

    public int Replay(Ulid key)
    {
        var entry = _events.Find(e => e.Event.Key == key);
        var old = entry
            .Deliveries.Where(d => d.State is DeliveryState.Dead or DeliveryState.Dropped && !d.Replayed && !d.Moved)
            .ToList();
        foreach (var d in old)
        {
            d.Replayed = true;
            Add(entry, d.Session, DeliveryState.Queued);
        }
        return old.Count;
    }

    private static DeliveryState Born(Target target) =>
        target.DroppedBy is not null ? DeliveryState.Dropped
        : target.Known ? DeliveryState.Queued
        : DeliveryState.Accepted;

    private static List<ModelDelivery> Batch(
        IEnumerable<ModelDelivery> lane,
        BatchLimits limits,
        Func<ModelDelivery, bool> isFree
    )
    {
        var batch = new List<ModelDelivery>();
        foreach (var d in lane)
        {
            var same =
                batch.Count == 0
                || (
                    d.Event.ReplyTo == batch[0].Event.ReplyTo
                    && d.Cohort == batch[0].Cohort
                    && d.ToldIn == batch[0].ToldIn
                );
            var size = batch
                .Append(d)
                .Sum(b =>
                    limits.OverheadBytes
                    + (
                        b.Event.Kind == EventKind.Person
                            ? b.Event.Body.Length
                            : Math.Min(b.Event.Body.Length, limits.MaxShownBytes)
                    )
                );
            if (!isFree(d) || !same || batch.Count == limits.MaxEvents || (batch.Count > 0 && size > limits.MaxBytes))
                break;
            batch.Add(d);
        }
        return batch;
    }

    private static bool IsDue(ModelDelivery d, DateTimeOffset now) => d.DueAt is null || d.DueAt <= now;

    private static bool Holds(ModelDelivery earlier, ModelDelivery d, DateTimeOffset now) =>
        earlier.Number < d.Number && !IsDue(earlier, now) && earlier.Event.ReplyTo == d.Event.ReplyTo;

    private static int Set(IEnumerable<ModelDelivery> batch, DeliveryState state, Action<ModelDelivery> also)
    {
        var count = 0;
        foreach (var d in batch)
        {
            d.State = state;
            also(d);
            count++;
        }
        return count;
    }

    private List<ModelDelivery> Open(Ulid turn) =>
        [
            .. All.Where(d =>
                d.Turn == turn && d.State is DeliveryState.Injecting or DeliveryState.Injected && d.Turn == turn
            ),
        ];

    private void Add((Event Event, List<ModelDelivery> Deliveries) entry, SessionId session, DeliveryState state) =>
        entry.Deliveries.Add(new ModelDelivery(++_number, entry.Event, session) { State = state });
}

internal sealed class ModelDelivery(int number, Event e, SessionId session)
{
    public int Number => number;

    public Event Event => e;

    public SessionId Session => session;

    public DeliveryState State { get; set; }

    public int Attempts { get; set; }

    public int Kills { get; set; }

    public int Cohort { get; set; }

    public Ulid? Turn { get; set; }

    public Ulid? ToldIn { get; set; }

    public DateTimeOffset? DueAt { get; set; }

    public bool Replayed { get; set; }

    /// <summary>Dropped because it was given to others.</summary>
    public bool Moved { get; set; }
}
