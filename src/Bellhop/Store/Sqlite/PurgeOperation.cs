using Bellhop.Events;

namespace Bellhop.Store.Sqlite;

/// <summary>
/// Deletes what ended long ago, a slice per commit so that appends never wait for it. An event stays as long as one of
/// its deliveries must, or as long as a repetition of it would have to be recognised. The one with the newest delivery
/// stays until there is a newer one: the next number follows from it, and a number is never given twice.
/// </summary>
internal static class PurgeOperation
{
    // Some milliseconds of the writer's time.
    private const int SliceEvents = 500;

    private const string Ended = """
        SELECT e.seq FROM events e
        WHERE e.seq > ?1 AND e.seq <= ?2 AND e.arrived_at + e.window_ms <= ?3 AND NOT EXISTS (
            SELECT 1 FROM deliveries d WHERE d.event = e.seq AND NOT (
                (d.state IN (5, 7) AND d.updated_at < ?4)
                OR (d.state = 6 AND d.dismissed_at IS NOT NULL AND d.dismissed_at < ?5)))
            AND e.seq <> (SELECT event FROM deliveries ORDER BY number DESC LIMIT 1)
        """;

    internal const string DeleteReplies =
        "DELETE FROM replies WHERE turn = ?1 AND NOT EXISTS (SELECT 1 FROM deliveries WHERE turn = ?1 AND state = 5)";

    /// <summary>Purges one slice behind <paramref name="after"/>.</summary>
    public static PurgedSlice Run(WriteBatch batch, Retention retention, long after)
    {
        var end = EndOfSlice(batch.Db, retention, after);
        if (end is null)
            return new PurgedSlice(0, null);
        var ended = new List<long>();
        using (var rows = batch.Db.Sql(Ended))
        {
            rows.Bind(after).Bind(end).Bind(batch.Now).Bind(retention.EndedBefore).Bind(retention.DismissedBefore);
            while (rows.Read())
                ended.Add(rows.Int64(0));
        }
        ended.ForEach(e => Delete(batch.Db, e));
        return new PurgedSlice(ended.Count, end);
    }

    /// <summary>The slice's last event; null behind the last that is old enough. Events stand in order of arrival.</summary>
    private static long? EndOfSlice(Connection db, Retention retention, long after)
    {
        var newest =
            retention.EndedBefore > retention.DismissedBefore ? retention.EndedBefore : retention.DismissedBefore;
        using var rows = db.Sql(
            "SELECT max(seq) FROM (SELECT seq, arrived_at FROM events WHERE seq > ? ORDER BY seq LIMIT ?) WHERE arrived_at < ?"
        );
        rows.Bind(after).Bind(SliceEvents).Bind(newest);
        return rows.Read() ? rows.MaybeInt64(0) : null;
    }

    private static void Delete(Connection db, long e)
    {
        var turns = Turns(db, e);
        Run(db, "DELETE FROM deliveries WHERE event = ?", e);
        Run(db, "DELETE FROM events WHERE seq = ?", e);
        foreach (var turn in turns)
        {
            // A batch's answer is on the receipts of all its events, which it completed.
            using var delete = db.Sql(DeleteReplies);
            delete.Bind(turn).Run();
        }
    }

    private static List<Ulid> Turns(Connection db, long e)
    {
        using var rows = db.Sql("SELECT turn FROM deliveries WHERE event = ? AND turn IS NOT NULL");
        rows.Bind(e);
        var turns = new List<Ulid>();
        while (rows.Read())
            turns.Add(rows.Ulid(0));
        return turns;
    }

    private static void Run(Connection db, string sql, long value)
    {
        using var delete = db.Sql(sql);
        delete.Bind(value).Run();
    }
}

/// <summary>What one slice deleted, and where the next begins; null when there is none.</summary>
internal sealed record PurgedSlice(int Events, long? Last);
