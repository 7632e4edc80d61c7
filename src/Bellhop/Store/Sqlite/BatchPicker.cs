using Bellhop.Events;

namespace Bellhop.Store.Sqlite;

/// <summary>A delivery that goes into a batch, with its event.</summary>
internal readonly record struct Candidate(DeliveryRow Row, Event Event)
{
    public LeasedDelivery Leased => new(Row.Number, Event, Row.Attempts, Row.Kills, Row.Slot);
}

/// <summary>A lane's next batch, or, when it is empty, when there may be one.</summary>
internal readonly record struct Pick(IReadOnlyList<Candidate> Batch, DateTimeOffset? NextDue);

/// <summary>
/// Chooses what one prompt carries: persons before machines, each in arrival order. The first that is due is the head;
/// those behind it join until one differs in what a prompt must have in common, or the prompt is full.
/// </summary>
internal static class BatchPicker
{
    // Messages of people that wait for a retry are walked past to reach other people's; no lane has a thousand of them.
    private const int MaxWalk = 1_000;

    private const int ReplyToColumn = DeliveryRow.ColumnCount + EventTable.ReplyToColumn;
    private const int SizeColumn = DeliveryRow.ColumnCount + EventTable.ColumnCount;

    internal const string Query =
        $"SELECT {DeliveryRow.Columns}, {EventTable.Columns}, length(e.body) {DeliveryRow.From} "
        + $"WHERE {DeliveryRow.IsUnfinished} AND d.session = ? AND d.state = 2 AND d.kind = ? ORDER BY d.number LIMIT ?";

    public static Pick Next(Connection db, SessionId session, BatchLimits limits, DateTimeOffset now)
    {
        var persons = Walk(db, session, EventKind.Person, limits, now);
        if (persons.Batch.Count > 0)
            return persons;
        var machines = Walk(db, session, EventKind.Machine, limits, now);
        return machines with { NextDue = Earliest(persons.NextDue, machines.NextDue) };
    }

    private static Pick Walk(Connection db, SessionId session, EventKind kind, BatchLimits limits, DateTimeOffset now)
    {
        using var rows = db.Sql(Query);
        rows.Bind(session).Bind((long)kind).Bind(MaxWalk);
        var held = new HashSet<string>(StringComparer.Ordinal);
        DateTimeOffset? nextDue = null;
        while (rows.Read())
        {
            var row = DeliveryRow.Read(rows);
            var address = rows.MaybeText(ReplyToColumn) ?? "";
            if (row.DueAt > now)
            {
                nextDue = Earliest(nextDue, row.DueAt);
                held.Add(address);
                // Machines share one order; a person's order is kept per reply address.
                if (kind == EventKind.Machine)
                    break;
            }
            else if (!held.Contains(address))
            {
                return new Pick(Fill(rows, row, address, limits, now), null);
            }
        }
        return new Pick([], nextDue);
    }

    /// <summary>From the head, on which <paramref name="rows"/> stands, as far as its neighbours fit.</summary>
    private static List<Candidate> Fill(
        Statement rows,
        DeliveryRow head,
        string address,
        BatchLimits limits,
        DateTimeOffset now
    )
    {
        var batch = new List<Candidate> { new(head, EventTable.Read(rows, DeliveryRow.ColumnCount)) };
        var bytes = ShownBytes(rows, head, limits);
        while (batch.Count < limits.MaxEvents && rows.Read())
        {
            var next = DeliveryRow.Read(rows);
            bytes += ShownBytes(rows, next, limits);
            var joins =
                bytes <= limits.MaxBytes
                && !(next.DueAt > now)
                && next.Cohort == head.Cohort
                && next.ToldIn == head.ToldIn
                && (rows.MaybeText(ReplyToColumn) ?? "") == address;
            if (!joins)
                break;
            batch.Add(new Candidate(next, EventTable.Read(rows, DeliveryRow.ColumnCount)));
        }
        return batch;
    }

    /// <summary>A person's words are told whole, a machine's are cut.</summary>
    private static long ShownBytes(Statement rows, DeliveryRow row, BatchLimits limits)
    {
        var size = rows.Int64(SizeColumn);
        var shown = row.Kind == EventKind.Person ? size : Math.Min(size, limits.MaxShownBytes);
        return shown + limits.OverheadBytes;
    }

    private static DateTimeOffset? Earliest(DateTimeOffset? a, DateTimeOffset? b) => a is null || b < a ? b ?? a : a;
}
