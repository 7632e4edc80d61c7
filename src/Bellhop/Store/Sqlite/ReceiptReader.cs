using Bellhop.Events;

namespace Bellhop.Store.Sqlite;

/// <summary>Puts an event's receipt together.</summary>
internal static class ReceiptReader
{
    private const string DeliveriesOf = """
        SELECT number, session, state, attempts, turn, reason, replay_of, due_at, history FROM deliveries
        WHERE event = ? ORDER BY number
        """;

    public static Receipt? Find(Connection db, string keyOrId)
    {
        if (EventTable.Resolve(db, keyOrId) is not { } e)
            return null;
        var found = EventTable.Load(db, e);
        return new Receipt(found, Deliveries(db, e), Others(db, found.Id, e));
    }

    private static int Others(Connection db, string id, long e)
    {
        using var rows = db.Sql("SELECT count(*) FROM events WHERE id = ? AND seq < ?");
        return rows.Bind(id).Bind(e).Read() ? rows.Int32(0) : 0;
    }

    private static List<Delivery> Deliveries(Connection db, long e)
    {
        using var rows = db.Sql(DeliveriesOf);
        rows.Bind(e);
        var deliveries = new List<Delivery>();
        while (rows.Read())
            deliveries.Add(Read(rows));
        return deliveries.ConvertAll(d => d.Turn is { } turn ? d with { Replies = Replies(db, turn) } : d);
    }

    private static Delivery Read(Statement row) =>
        new()
        {
            Number = row.Int64(0),
            Session = row.Session(1),
            State = row.State(2),
            Attempts = row.Int32(3),
            Turn = row.MaybeUlid(4),
            Reason = row.MaybeText(5),
            ReplayOf = row.MaybeInt64(6),
            DueAt = row.MaybeTime(7),
            History = History.Read(row.Text(8)),
        };

    private static List<Reply> Replies(Connection db, Ulid turn)
    {
        var replies = new List<Reply>();
        using var rows = db.Sql("SELECT part, text, address, state FROM replies WHERE turn = ? ORDER BY part");
        rows.Bind(turn);
        while (rows.Read())
            replies.Add(new Reply(rows.Int32(0), rows.Text(1), rows.MaybeText(2), (ReplyState)rows.Int64(3)));
        return replies;
    }
}
