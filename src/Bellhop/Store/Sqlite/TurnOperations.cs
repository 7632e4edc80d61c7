using Bellhop.Events;

namespace Bellhop.Store.Sqlite;

/// <summary>How a turn goes on from its lease to its end.</summary>
internal static class TurnOperations
{
    internal const string Open =
        $"SELECT {DeliveryRow.Columns} {DeliveryRow.From} "
        + $"WHERE {DeliveryRow.IsUnfinished} AND d.session = ? AND d.state IN (3, 4) AND d.turn = ? ORDER BY d.number";

    public static int Injected(WriteBatch batch, Ulid turn, bool told, string? note) =>
        Inject(batch, turn, told, note).Count;

    public static int Answered(WriteBatch batch, Ulid turn, bool told, IReadOnlyList<Reply> replies, string? note) =>
        Complete(batch, turn, Inject(batch, turn, told, null), replies, note);

    public static int Complete(WriteBatch batch, Ulid turn, IReadOnlyList<Reply> replies, string? note) =>
        Complete(batch, turn, OpenRows(batch, turn, DeliveryState.Injected), replies, note);

    private static List<DeliveryRow> Inject(WriteBatch batch, Ulid turn, bool told, string? note)
    {
        var rows = OpenRows(batch, turn, DeliveryState.Injecting);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = told ? rows[i] with { ToldIn = turn, Slot = i + 1 } : rows[i];
            rows[i] = batch.Move(row, DeliveryState.Injected, note);
        }
        return rows;
    }

    private static int Complete(
        WriteBatch batch,
        Ulid turn,
        List<DeliveryRow> rows,
        IReadOnlyList<Reply> replies,
        string? note
    )
    {
        foreach (var row in rows)
            batch.Move(row, DeliveryState.Completed, note);
        foreach (var reply in replies)
            Keep(batch.Db, turn, reply);
        return rows.Count;
    }

    public static int Release(WriteBatch batch, Ulid turn, string note, bool forget)
    {
        var rows = OpenRows(batch, turn);
        foreach (var row in rows)
            batch.Move(forget ? row with { ToldIn = null } : row, DeliveryState.Queued, note);
        return rows.Count;
    }

    public static FaultResult Fault(WriteBatch batch, Ulid turn, TurnFault fault, string reason, RetryPolicy policy)
    {
        var open = OpenRows(batch, turn);
        var rows = open.ConvertAll(row =>
            fault switch
            {
                TurnFault.Failed => row with { Attempts = row.Attempts + 1 },
                // In company it may have been any of them; the halves will tell.
                TurnFault.KilledAgent when open.Count == 1 => row with { Kills = row.Kills + 1 },
                _ => row,
            }
        );
        if (fault == TurnFault.Interrupted)
            return Bury(batch, rows, "interrupted", reason);
        if (rows is [var single] && Verdict(single, reason, policy) is { } verdict)
            return Bury(batch, rows, verdict, reason);
        var isFailure = fault == TurnFault.Failed;
        Retry(batch, rows, reason, isFailure ? batch.Now + policy.Delay(rows.Max(r => r.Attempts)) : null);
        return new FaultResult(rows.Count, []);
    }

    /// <summary>Why a delivery that fails alone is given up; null while it has tries left.</summary>
    private static string? Verdict(DeliveryRow row, string reason, RetryPolicy policy) =>
        row.Kills >= policy.MaxKills ? $"quarantined: killed the agent {row.Kills} times: {reason}"
        : row.Attempts >= policy.MaxAttempts ? reason
        : null;

    /// <summary>
    /// In two halves, so that whatever spoils a batch ends up alone; they fall due together, because order holds. One
    /// that is alone stays so: it must not spoil a batch again.
    /// </summary>
    private static void Retry(WriteBatch batch, List<DeliveryRow> rows, string reason, DateTimeOffset? dueAt)
    {
        var half = (rows.Count + 1) / 2;
        for (var i = 0; i < rows.Count; i++)
        {
            var cohort = rows[i < half ? 0 : half].Number;
            batch.Move(rows[i] with { Cohort = cohort, DueAt = dueAt }, DeliveryState.Queued, reason);
        }
    }

    private static FaultResult Bury(WriteBatch batch, List<DeliveryRow> rows, string reason, string note)
    {
        foreach (var row in rows)
            batch.Move(row with { Reason = reason }, DeliveryState.Dead, note);
        return new FaultResult(0, rows.ConvertAll(r => r.Number));
    }

    /// <summary>What a session has under way in a turn.</summary>
    public static List<DeliveryRow> OpenRows(Connection db, SessionId session, Ulid turn)
    {
        using var query = db.Sql(Open);
        return DeliveryRow.ReadAll(query.Bind(session).Bind(turn));
    }

    private static List<DeliveryRow> OpenRows(WriteBatch batch, Ulid turn, DeliveryState? expected = null)
    {
        // Few sessions are in a turn at once. An index of all turns there ever were would be a page more for each lease.
        var rows = batch.SessionsInTurn().Select(s => OpenRows(batch.Db, s, turn)).FirstOrDefault(r => r.Count > 0, []);
        if (rows.Count == 0)
            throw new StoreException($"Turn {turn} is not under way.");
        if (expected is { } state && rows.Exists(r => r.State != state))
            throw new StoreException($"Turn {turn} is {rows[0].State.Word()}, not {state.Word()}.");
        return rows;
    }

    private static void Keep(Connection db, Ulid turn, Reply reply)
    {
        using var insert = db.Sql("INSERT INTO replies (turn, part, text, address, state) VALUES (?, ?, ?, ?, ?)");
        insert.Bind(turn).Bind(reply.Part).Bind(reply.Text).Bind(reply.Address).Bind((long)reply.State).Run();
    }
}
