using Bellhop.Events;

namespace Bellhop.Store.Sqlite;

/// <summary>What a person does with deliveries that ended without success.</summary>
internal static class DeadLetterOperations
{
    // What was only moved lives on where it went; its session may be gone, and nobody would take it there.
    private const string WasMoved =
        $"d.state = 7 AND d.reason IN ('{SessionOperations.Adopted}', '{RerouteOperation.Released}')";

    private const string Replayable =
        $"SELECT {DeliveryRow.Columns} {DeliveryRow.From} WHERE d.event = ?1 AND d.state IN (6, 7) AND NOT ({WasMoved}) "
        + "AND NOT EXISTS (SELECT 1 FROM deliveries r WHERE r.event = ?1 AND r.replay_of = d.number) ORDER BY d.number";

    /// <summary>Gives them again as new deliveries; the old ones stay as they are, off the dead list.</summary>
    public static IReadOnlyList<SessionId>? Replay(WriteBatch batch, string keyOrId, SessionId? only)
    {
        if (EventTable.Resolve(batch.Db, keyOrId) is not { } e)
            return null;
        var sessions = new List<SessionId>();
        foreach (var old in ReplayableRows(batch, e).Where(row => only is null || row.Session == only))
        {
            var again = old with { State = DeliveryState.Queued, Reason = null };
            batch.Add(again, $"replay of delivery {old.Number}", replayOf: old.Number);
            PutAway(batch, "number = ?", old.Number);
            sessions.Add(old.Session);
        }
        return sessions;
    }

    public static int? Dismiss(WriteBatch batch, string keyOrId) =>
        EventTable.Resolve(batch.Db, keyOrId) is { } e ? PutAway(batch, "event = ?", e) : null;

    private static int PutAway(WriteBatch batch, string which, long value)
    {
        using var update = batch.Db.Sql(
            $"UPDATE deliveries SET dismissed_at = ? WHERE state = 6 AND dismissed_at IS NULL AND {which}"
        );
        var count = update.Bind(batch.Now).Bind(value).Run();
        batch.PutAway(count);
        return count;
    }

    private static List<DeliveryRow> ReplayableRows(WriteBatch batch, long e)
    {
        using var rows = batch.Db.Sql(Replayable);
        return DeliveryRow.ReadAll(rows.Bind(e));
    }
}
