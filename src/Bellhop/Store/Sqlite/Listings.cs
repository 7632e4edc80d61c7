using System.Globalization;
using Bellhop.Events;

namespace Bellhop.Store.Sqlite;

/// <summary>What lists, lanes and recovery read.</summary>
internal static class Listings
{
    // One page of a listing carries whole events.
    private const int MaxPage = 1_000;

    // One search of the index for each state and kind, so that each yields its oldest without a sort.
    internal const string Waiting =
        $"{OldestOf} AND state = 1 AND kind = 0 {InOrder}) UNION ALL {OldestOf} AND state = 1 AND kind = 1 {InOrder}) UNION ALL "
        + $"{OldestOf} AND state = 2 AND kind = 0 {InOrder}) UNION ALL {OldestOf} AND state = 2 AND kind = 1 {InOrder}) {InOrder}";

    private const string OldestOf =
        $"SELECT * FROM (SELECT number, event FROM deliveries d WHERE {DeliveryRow.IsUnfinished} AND session = ?1";

    private const string InOrder = "ORDER BY number LIMIT ?2";

    internal const string OpenTurns =
        $"SELECT {DeliveryRow.Columns}, {EventTable.Columns} {DeliveryRow.From} "
        + $"WHERE {DeliveryRow.IsUnfinished} AND d.session = ? AND d.state IN (3, 4) ORDER BY d.turn, d.number";

    public static List<DeliverySummary> Deliveries(Connection db, DeliveryQuery query)
    {
        if (query.Limit is < 1 or > MaxPage)
            throw new StoreException($"A listing has 1 to {MaxPage:N0} rows, not {query.Limit:N0}.");
        using var rows = db.Sql(Sql(query));
        rows.Bind(query.Before ?? long.MaxValue).Bind(query.Session).Bind(query.Limit);
        var page = new List<DeliverySummary>();
        while (rows.Read())
        {
            page.Add(
                new DeliverySummary(
                    rows.Int64(0),
                    EventTable.Read(rows, 6),
                    rows.Session(1),
                    rows.State(2),
                    rows.Int32(3),
                    rows.MaybeText(4),
                    rows.Time(5)
                )
            );
        }
        return page;
    }

    public static List<WaitingRow> WaitingRows(Connection db, SessionId session, int limit, long maxBytes)
    {
        using var rows = db.Sql(Waiting);
        rows.Bind(session).Bind(limit);
        var (waiting, bytes) = (new List<WaitingRow>(), 0L);
        while (rows.Read())
        {
            // Bodies one at a time: the sort that merges the kinds would hold all of them.
            using var e = db.Sql("SELECT type, body FROM events WHERE seq = ?");
            e.Bind(rows.Int64(1)).Read();
            var row = new WaitingRow(rows.Int64(0), e.Text(0), e.Bytes(1));
            if ((bytes += row.Body.Length) > maxBytes && waiting.Count > 0)
                break;
            waiting.Add(row);
        }
        return waiting;
    }

    public static DateTimeOffset? OldestWaiting(Connection db, SessionId session)
    {
        using var rows = db.Sql($"SELECT arrived_at FROM ({Waiting}) JOIN events ON seq = event");
        return rows.Bind(session).Bind(1).Read() ? rows.Time(0) : null;
    }

    public static List<OpenTurn> TurnsOf(Connection db, SessionId session)
    {
        using var rows = db.Sql(OpenTurns);
        rows.Bind(session);
        var open = new List<Candidate>();
        while (rows.Read())
            open.Add(new Candidate(DeliveryRow.Read(rows), EventTable.Read(rows, DeliveryRow.ColumnCount)));
        // A terminal that counts no turns may have others in hand; those are not a lane's to recover.
        return
        [
            .. open.Where(c => c.Row.Turn is not null)
                .GroupBy(c => c.Row.Turn!.Value)
                .Select(turn => Turn(turn.Key, session, [.. turn])),
        ];
    }

    public static List<SessionRecord> Sessions(Connection db)
    {
        using var rows = db.Sql("SELECT session, member, last_seen FROM sessions ORDER BY session");
        var sessions = new List<SessionRecord>();
        while (rows.Read())
            sessions.Add(new SessionRecord(rows.Session(0), rows.Int64(1) != 0, rows.Time(2)));
        return sessions;
    }

    private static OpenTurn Turn(Ulid turn, SessionId session, IReadOnlyList<Candidate> open)
    {
        var head = open[0].Row;
        return new OpenTurn(
            new TurnLease(
                turn,
                session,
                [.. open.Select(c => c.Leased)],
                // A turn that told the events itself continues none.
                head.ToldIn == turn
                    ? null
                    : head.ToldIn
            ),
            head.State
        );
    }

    /// <summary>The text depends on the query, so that each kind of listing finds its index; there are few kinds.</summary>
    private static string Sql(DeliveryQuery query)
    {
        var state = query.State is { } s ? string.Create(CultureInfo.InvariantCulture, $" AND d.state = {(int)s}") : "";
        if (query.State is { } unfinished && !unfinished.IsTerminal())
            state += $" AND {DeliveryRow.IsUnfinished}";
        var shown = query.HideDismissed ? " AND d.dismissed_at IS NULL" : "";
        return $"""
            SELECT d.number, d.session, d.state, d.attempts, d.reason, d.updated_at, {EventTable.Columns}
            {DeliveryRow.From}
            WHERE d.number < ?1 AND (?2 IS NULL OR d.session = ?2){state}{shown}
            ORDER BY d.number DESC LIMIT ?3
            """;
    }
}
