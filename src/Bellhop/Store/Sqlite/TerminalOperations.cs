using Bellhop.Events;

namespace Bellhop.Store.Sqlite;

/// <summary>What a session's own terminal does to deliveries: it says how far they are, or it is gone.</summary>
internal static class TerminalOperations
{
    private const string Select =
        $"SELECT {DeliveryRow.Columns} FROM events e CROSS JOIN deliveries d ON d.event = e.seq ";

    internal const string ByKey = Select + "WHERE e.key = ? AND d.session = ? AND d.state < 5";
    internal const string ById = Select + "WHERE e.id = ? AND d.session = ? AND d.state < 5";

    private const string ByNumber =
        $"SELECT {DeliveryRow.Columns} {DeliveryRow.From} WHERE d.number = ? AND d.session = ? AND d.state < 5";

    internal const string InHand =
        $"SELECT {DeliveryRow.Columns} {DeliveryRow.From} "
        + $"WHERE {DeliveryRow.IsUnfinished} AND d.session = ? AND d.state IN (3, 4) ORDER BY d.number";

    private const string DefaultReason = "given up by its terminal";

    /// <summary>False when the session has no unfinished delivery that the report could be about.</summary>
    public static bool Report(WriteBatch batch, SessionId session, TerminalReport report)
    {
        if (Meant(Unfinished(batch.Db, session, report), report) is not { } row)
            return false;
        if (report.State == DeliveryState.Queued)
            GiveBack(batch, row, report.Note);
        else if (report.State == DeliveryState.Injected)
            Inject(batch, row, report);
        else if (report.State == DeliveryState.Completed)
            Complete(batch, row, report);
        else
            Bury(batch, row, report);
        return true;
    }

    /// <summary>What was in hand waits again.</summary>
    public static int Abandon(WriteBatch batch, SessionId session, string note)
    {
        using var query = batch.Db.Sql(InHand);
        var rows = DeliveryRow.ReadAll(query.Bind(session));
        foreach (var row in rows)
            batch.Move(row, DeliveryState.Queued, note);
        return rows.Count;
    }

    /// <summary>
    /// An event may have several deliveries to a session that are under way at once (the same id twice, a replay): the
    /// one of this turn first, then the one that is furthest behind for a report that it was taken, and the one that is
    /// furthest on for any other; the oldest of these.
    /// </summary>
    private static DeliveryRow? Meant(List<DeliveryRow> rows, TerminalReport report) =>
        rows.Where(row => !IsOfAnotherTurn(row, report) || report.State == DeliveryState.Injected)
            .OrderByDescending(row => row.IsInHand && row.Turn == report.Turn)
            .ThenBy(row => report.State == DeliveryState.Injected ? (int)row.State : -(int)row.State)
            .ThenBy(row => row.Number)
            .FirstOrDefault();

    /// <summary>In hand under another turn: what is said of an earlier one comes too late.</summary>
    private static bool IsOfAnotherTurn(DeliveryRow row, TerminalReport report) =>
        report.Turn is { } turn && row.IsInHand && row.Turn != turn;

    private static void GiveBack(WriteBatch batch, DeliveryRow row, string? note)
    {
        if (row.IsInHand)
            batch.Move(row, DeliveryState.Queued, note);
    }

    private static void Inject(WriteBatch batch, DeliveryRow row, TerminalReport report)
    {
        if (IsOfAnotherTurn(row, report))
            row = batch.Move(row, DeliveryState.Queued, "did not arrive; given again");
        if (row.State != DeliveryState.Injected)
            batch.Move(Take(batch, row, report.Turn), DeliveryState.Injected, report.Note);
    }

    private static void Complete(WriteBatch batch, DeliveryRow row, TerminalReport report)
    {
        if (row.State != DeliveryState.Injected)
            row = batch.Move(Take(batch, row, report.Turn), DeliveryState.Injected, null);
        batch.Move(row, DeliveryState.Completed, report.Note);
    }

    private static void Bury(WriteBatch batch, DeliveryRow row, TerminalReport report)
    {
        if (!row.IsInHand)
            row = Take(batch, row, report.Turn);
        batch.Move(row with { Reason = report.Note ?? DefaultReason }, DeliveryState.Dead, report.Note);
    }

    /// <summary>From wherever it waits to <c>injecting</c>.</summary>
    private static DeliveryRow Take(WriteBatch batch, DeliveryRow row, Ulid? turn)
    {
        if (row.State == DeliveryState.Accepted)
            row = batch.Move(row, DeliveryState.Queued, null);
        return row.State == DeliveryState.Queued
            ? batch.Move(row with { Turn = turn, DueAt = null }, DeliveryState.Injecting, null)
            : row;
    }

    private static List<DeliveryRow> Unfinished(Connection db, SessionId session, TerminalReport report)
    {
        if (report.Delivery is { } number)
        {
            using var exact = db.Sql(ByNumber);
            return DeliveryRow.ReadAll(exact.Bind(number).Bind(session));
        }
        if (report.KeyOrId is "")
            return report.Turn is { } turn ? TurnOperations.OpenRows(db, session, turn) : [];
        if (Ulid.TryParse(report.KeyOrId, out var key))
        {
            using var byKey = db.Sql(ByKey);
            if (DeliveryRow.ReadAll(byKey.Bind(key).Bind(session)) is { Count: > 0 } found)
                return found;
        }
        using var byId = db.Sql(ById);
        return DeliveryRow.ReadAll(byId.Bind(report.KeyOrId).Bind(session));
    }
}
