using Bellhop.Events;

namespace Bellhop.Store.Sqlite;

/// <summary>What sessions do to deliveries by coming, going, staying away and helping themselves.</summary>
internal static class SessionOperations
{
    /// <summary>The reason of what central has instead.</summary>
    internal const string Adopted = "adopted";

    internal const string AcceptedOf =
        $"SELECT {DeliveryRow.Columns} {DeliveryRow.From} "
        + $"WHERE {DeliveryRow.IsUnfinished} AND d.session = ? AND d.state = 1 AND d.updated_at < ? ORDER BY d.number";

    internal const string UnfinishedOf =
        $"SELECT {DeliveryRow.Columns} {DeliveryRow.From} "
        + $"WHERE {DeliveryRow.IsUnfinished} AND d.session = ? ORDER BY d.number";

    /// <summary>Notes that a session was seen, and whether it stays. <c>gateway</c> always does.</summary>
    public static bool Record(WriteBatch batch, SessionId session, bool member)
    {
        using var upsert = batch.Db.Sql(
            """
            INSERT INTO sessions (session, member, last_seen) VALUES (?, ?, ?)
            ON CONFLICT (session) DO UPDATE SET member = excluded.member, last_seen = excluded.last_seen
            """
        );
        return upsert.Bind(session).Bind(member || session.IsGateway ? 1 : 0).Bind(batch.Now).Run() > 0;
    }

    public static int Join(WriteBatch batch, SessionId session)
    {
        Record(batch, session, member: true);
        var rows = Accepted(batch, session, DateTimeOffset.MaxValue);
        foreach (var row in rows)
            batch.Move(row, DeliveryState.Queued, "the session came");
        return rows.Count;
    }

    /// <summary>Gives central what waited in vain, in the order it arrived.</summary>
    public static int Adopt(WriteBatch batch, DateTimeOffset acceptedBefore)
    {
        var rows = batch
            .SessionsWithAccepted()
            .SelectMany(session => Accepted(batch, session, acceptedBefore))
            .OrderBy(row => row.Number)
            .ToList();
        foreach (var row in rows)
            GiveCentral(batch, row, "the session never came", $"adopted: session {row.Session} never came");
        return rows.Count;
    }

    /// <summary>
    /// Gives central everything of a session that is gone for good, in the order it arrived. Of what its terminal had in
    /// hand the note says so: by what it reported, or by <paramref name="claimKey"/>, which it writes before it begins.
    /// </summary>
    public static int Adopt(WriteBatch batch, SessionId session, string note, string claimKey)
    {
        if (session.IsGateway)
            throw new StoreException("Central adopts from others, not from itself.");
        var rows = Unfinished(batch.Db, session);
        var begun = rows.FindAll(row => row.IsInHand);
        // A terminal takes one at a time, the oldest first.
        if (new KeyspaceTransaction(batch).Delete(claimKey) && begun.Count == 0)
            begun.AddRange(rows.Take(1));
        foreach (var row in rows)
        {
            var queued = row.IsInHand ? batch.Move(row, DeliveryState.Queued, note) : row;
            GiveCentral(batch, queued, note, begun.Contains(row) ? TerminalReport.MayHaveBegun(note) : note);
        }
        return rows.Count;
    }

    /// <summary>A terminal session took the rows for good: all of a turn's steps at one instant.</summary>
    public static int Take(WriteBatch batch, IReadOnlyList<long> deliveries, string note)
    {
        var taken = 0;
        foreach (var number in deliveries)
        {
            using var query = batch.Db.Sql(
                $"SELECT {DeliveryRow.Columns} {DeliveryRow.From} WHERE d.number = ? AND d.state = 2"
            );
            if (DeliveryRow.ReadAll(query.Bind(number)) is not [var queued])
                continue;
            var injecting = batch.Move(queued with { DueAt = null }, DeliveryState.Injecting, null);
            var injected = batch.Move(injecting, DeliveryState.Injected, null);
            batch.Move(injected, DeliveryState.Completed, note);
            taken++;
        }
        return taken;
    }

    private static void GiveCentral(WriteBatch batch, DeliveryRow row, string dropNote, string note)
    {
        batch.Move(row with { Reason = Adopted }, DeliveryState.Dropped, dropNote);
        if (EventTable.HasDelivery(batch.Db, row.Event, SessionId.Gateway))
            return;
        var adopted = row with { Session = SessionId.Gateway, State = DeliveryState.Queued, Reason = null };
        batch.Add(adopted, note);
    }

    private static List<DeliveryRow> Unfinished(Connection db, SessionId session)
    {
        using var rows = db.Sql(UnfinishedOf);
        return DeliveryRow.ReadAll(rows.Bind(session));
    }

    private static List<DeliveryRow> Accepted(WriteBatch batch, SessionId session, DateTimeOffset before)
    {
        using var rows = batch.Db.Sql(AcceptedOf);
        return DeliveryRow.ReadAll(rows.Bind(session).Bind(before));
    }
}
