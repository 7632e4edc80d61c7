using Bellhop.Events;

namespace Bellhop.Store.Sqlite;

/// <summary>Writes events and their deliveries, each event once.</summary>
internal static class AppendOperation
{
    public static AppendResult Run(WriteBatch batch, IReadOnlyList<NewEvent> events, long maxUnfinished)
    {
        var deliveries = events.Sum(e => e.Quarantine is null ? e.Targets.Count(t => t.DroppedBy is null) : 0);
        return batch.Unfinished + deliveries > maxUnfinished
            ? AppendResult.Refused(AppendRefusal.Full)
            : new AppendResult([.. events.Select(e => Append(batch, e))]);
    }

    private static AppendedEvent Append(WriteBatch batch, NewEvent arrived)
    {
        var e = arrived.Event;
        if (EventTable.FindKnown(batch.Db, e) is not { } known)
        {
            var fresh = new KnownEvent(EventTable.Insert(batch.Db, e), e.Key, e.Kind, e.Type);
            var sessions = new List<SessionId>(arrived.Targets.Count);
            foreach (var target in arrived.Targets)
            {
                if (sessions.Contains(target.Session))
                    continue;
                Deliver(batch, arrived, fresh, target, e);
                sessions.Add(target.Session);
            }
            return new AppendedEvent(e.Key, e.Id, false, Kept(arrived.Targets, sessions));
        }
        return AppendKnown(batch, arrived, known);
    }

    /// <summary>A known event on a new list adds a delivery; on a list that has it, it is a duplicate.</summary>
    private static AppendedEvent AppendKnown(WriteBatch batch, NewEvent arrived, KnownEvent known)
    {
        var had = Sessions(batch.Db, known.Row);
        var added = arrived.Targets.DistinctBy(t => t.Session).Where(t => !had.Contains(t.Session)).ToList();
        foreach (var target in added)
            Deliver(batch, arrived, known, target);
        var named = arrived.Targets.Select(t => t.Session);
        return new AppendedEvent(known.Key, arrived.Event.Id, added.Count == 0, Kept(added, [.. named.Union(had)]));
    }

    private static List<SessionId> Kept(IReadOnlyList<Target> targets, List<SessionId> sessions) =>
        targets.All(t => t.DroppedBy is null)
            ? sessions
            : [.. sessions.Except(targets.Where(t => t.DroppedBy is not null).Select(t => t.Session))];

    private static void Deliver(
        WriteBatch batch,
        NewEvent arrived,
        KnownEvent known,
        Target target,
        Event? fresh = null
    )
    {
        var e = arrived.Event;
        Deliver(
            batch,
            new DeliveryRow
            {
                Number = 0,
                Event = known.Row,
                Session = target.Session,
                State = DeliveryState.Dead,
                Kind = known.Kind,
                Reason = arrived.Quarantine,
                History = "",
                Key = known.Key,
                Id = e.Id,
                Type = known.Type,
                Source = e.Source,
            },
            target,
            fresh
        );
    }

    /// <summary>
    /// Writes a delivery for a target. What has a reason already was unreadable and is born dead. <paramref name="fresh"/>:
    /// its event, where that is written in this very commit.
    /// </summary>
    public static void Deliver(WriteBatch batch, DeliveryRow delivery, Target target, Event? fresh = null)
    {
        if (delivery.Reason is { } unreadable)
        {
            batch.Add(delivery with { State = DeliveryState.Dead }, unreadable);
            return;
        }
        if (target.DroppedBy is { } rule)
        {
            var accepted = batch.Add(delivery with { State = DeliveryState.Accepted }, null);
            batch.Move(accepted with { Reason = rule }, DeliveryState.Dropped, target.Note);
            return;
        }
        var state = target.Known ? DeliveryState.Queued : DeliveryState.Accepted;
        batch.Add(delivery with { State = state }, target.Note, fresh: fresh);
    }

    private static List<SessionId> Sessions(Connection db, long e)
    {
        using var rows = db.Sql("SELECT session FROM deliveries WHERE event = ? GROUP BY session ORDER BY min(number)");
        rows.Bind(e);
        var sessions = new List<SessionId>();
        while (rows.Read())
            sessions.Add(rows.Session(0));
        return sessions;
    }
}
