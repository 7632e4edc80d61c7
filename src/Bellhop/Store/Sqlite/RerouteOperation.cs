using Bellhop.Events;

namespace Bellhop.Store.Sqlite;

/// <summary>Sends what waits for one session to others.</summary>
internal static class RerouteOperation
{
    /// <summary>The reason of what others have instead.</summary>
    internal const string Released = "released";

    public static int Run(WriteBatch batch, IReadOnlyList<Reroute> reroutes) =>
        reroutes.Count(reroute => Run(batch, reroute));

    private static bool Run(WriteBatch batch, Reroute reroute)
    {
        using var query = batch.Db.Sql(
            $"SELECT {DeliveryRow.Columns} {DeliveryRow.From} WHERE d.number = ? AND d.state IN (1, 2)"
        );
        if (DeliveryRow.ReadAll(query.Bind(reroute.Delivery)) is not [var waiting])
            return false;
        batch.Move(waiting with { Reason = Released, DueAt = null }, DeliveryState.Dropped, reroute.Note);
        foreach (var target in reroute.Targets)
        {
            if (!EventTable.HasDelivery(batch.Db, waiting.Event, target.Session))
                AppendOperation.Deliver(batch, Fresh(waiting, target.Session), target);
        }
        return true;
    }

    /// <summary>The same event for another session, as if it had just come.</summary>
    private static DeliveryRow Fresh(DeliveryRow waiting, SessionId session) =>
        new()
        {
            Number = 0,
            Event = waiting.Event,
            Session = session,
            State = DeliveryState.Queued,
            Kind = waiting.Kind,
            History = "",
            Key = waiting.Key,
            Id = waiting.Id,
            Type = waiting.Type,
            Source = waiting.Source,
        };
}
