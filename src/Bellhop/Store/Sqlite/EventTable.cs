using Bellhop.Events;

namespace Bellhop.Store.Sqlite;

/// <summary>Events as rows.</summary>
internal static class EventTable
{
    /// <summary>What <see cref="Read"/> reads, of a table called <c>e</c>.</summary>
    public const string Columns =
        "e.key, e.id, e.type, e.source, e.occurred_at, e.arrived_at, e.origin, e.kind, e.reply_to, e.window_ms, e.body";

    /// <summary>How many columns that is: where the next ones begin.</summary>
    public const int ColumnCount = 11;

    /// <summary>Which of them is the reply address.</summary>
    public const int ReplyToColumn = 8;

    internal const string NewestBySourceAndId =
        "SELECT seq, key, kind, type, arrived_at FROM events WHERE id = ? AND source = ? ORDER BY seq DESC LIMIT 1";

    /// <summary>Writes an event and returns its row.</summary>
    public static long Insert(Connection db, Event e)
    {
        using var insert = db.Sql(
            """
            INSERT INTO events (key, id, type, source, occurred_at, arrived_at, origin, kind, reply_to, window_ms, body)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        );
        insert
            .Bind(e.Key)
            .Bind(e.Id)
            .Bind(e.Type)
            .Bind(e.Source)
            .Bind(e.OccurredAt)
            .Bind(e.ArrivedAt)
            .Bind(e.Origin)
            .Bind((long)e.Kind)
            .Bind(e.ReplyTo)
            .Bind((long)e.DedupeWindow.TotalMilliseconds)
            .Bind(e.Body.Span)
            .Run();
        return db.LastRowId;
    }

    public static Event Read(Statement row, int at) =>
        new()
        {
            Key = row.Ulid(at),
            Id = row.Text(at + 1),
            Type = row.Text(at + 2),
            Source = row.Text(at + 3),
            OccurredAt = row.MaybeTime(at + 4),
            ArrivedAt = row.Time(at + 5),
            Origin = row.IsNull(at + 6) ? null : row.Session(at + 6),
            Kind = (EventKind)row.Int64(at + 7),
            ReplyTo = row.MaybeText(at + 8),
            DedupeWindow = TimeSpan.FromMilliseconds(row.Int64(at + 9)),
            Body = row.Bytes(at + 10),
        };

    /// <summary>The newest event with this source and id that arrived within the window before <paramref name="e"/>.</summary>
    public static KnownEvent? FindKnown(Connection db, Event e)
    {
        if (e.DedupeWindow <= TimeSpan.Zero)
            return null;
        using var rows = db.Sql(NewestBySourceAndId);
        rows.Bind(e.Id).Bind(e.Source);
        return rows.Read() && e.ArrivedAt - rows.Time(4) < e.DedupeWindow
            ? new KnownEvent(rows.Int64(0), rows.Ulid(1), (EventKind)rows.Int64(2), rows.Text(3))
            : null;
    }

    /// <summary>The whole event in a row.</summary>
    public static Event Load(Connection db, long row)
    {
        using var rows = db.Sql($"SELECT {Columns} FROM events e WHERE e.seq = ?");
        rows.Bind(row).Read();
        return Read(rows, 0);
    }

    /// <summary>True where the session has, or had, a delivery of the event.</summary>
    public static bool HasDelivery(Connection db, long e, SessionId session)
    {
        using var rows = db.Sql("SELECT 1 FROM deliveries WHERE event = ? AND session = ? LIMIT 1");
        return rows.Bind(e).Bind(session).Read();
    }

    /// <summary>The row of the event with this key, or of the newest one with this producer's id.</summary>
    public static long? Resolve(Connection db, string keyOrId)
    {
        if (Ulid.TryParse(keyOrId, out var key))
        {
            using var byKey = db.Sql("SELECT seq FROM events WHERE key = ?");
            if (byKey.Bind(key).Read())
                return byKey.Int64(0);
        }
        using var byId = db.Sql("SELECT max(seq) FROM events WHERE id = ?");
        return byId.Bind(keyOrId).Read() ? byId.MaybeInt64(0) : null;
    }
}

/// <summary>An event that is on disk, in the words that its deliveries need; a repetition may have chosen others.</summary>
internal sealed record KnownEvent(long Row, Ulid Key, EventKind Kind, string Type);
