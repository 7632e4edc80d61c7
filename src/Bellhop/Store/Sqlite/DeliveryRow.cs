using Bellhop.Events;

namespace Bellhop.Store.Sqlite;

/// <summary>A delivery as the operations see it, with the words of its event that every move tells.</summary>
internal sealed record DeliveryRow
{
    /// <summary>What <see cref="Read"/> reads, of deliveries called <c>d</c> and events called <c>e</c>.</summary>
    public const string Columns =
        "d.number, d.event, d.session, d.state, d.kind, d.attempts, d.kills, d.cohort, d.turn, d.told_in, d.due_at, "
        + "d.reason, d.history, e.key, e.id, e.type, e.source, d.slot";

    /// <summary>How many columns that is: where the next ones begin.</summary>
    public const int ColumnCount = 18;

    /// <summary>
    /// The condition of the index of everything unfinished, word for word, which a query must repeat to use it. The plus
    /// keeps SQLite from searching by it: it would then search by a range of states and sort the backlog.
    /// </summary>
    public const string IsUnfinished = "+d.state < 5";

    /// <summary>Where those columns come from.</summary>
    public const string From = "FROM deliveries d JOIN events e ON e.seq = d.event";

    public required long Number { get; init; }

    public required long Event { get; init; }

    public required SessionId Session { get; init; }

    public required DeliveryState State { get; init; }

    public required EventKind Kind { get; init; }

    public int Attempts { get; init; }

    public int Kills { get; init; }

    /// <summary>Deliveries of different cohorts share no batch; 0 until a turn with it failed.</summary>
    public long Cohort { get; init; }

    public Ulid? Turn { get; init; }

    /// <summary>The turn whose prompt carried the event's words into the transcript.</summary>
    public Ulid? ToldIn { get; init; }

    /// <summary>Its place in that prompt, from 1; 0 until it was told.</summary>
    public int Slot { get; init; }

    public DateTimeOffset? DueAt { get; init; }

    public string? Reason { get; init; }

    public required string History { get; init; }

    public required Ulid Key { get; init; }

    public required string Id { get; init; }

    public required string Type { get; init; }

    public required string Source { get; init; }

    /// <summary>An agent or a terminal has it.</summary>
    public bool IsInHand => State is DeliveryState.Injecting or DeliveryState.Injected;

    public static DeliveryRow Read(Statement row) =>
        new()
        {
            Number = row.Int64(0),
            Event = row.Int64(1),
            Session = row.Session(2),
            State = row.State(3),
            Kind = (EventKind)row.Int64(4),
            Attempts = row.Int32(5),
            Kills = row.Int32(6),
            Cohort = row.Int64(7),
            Turn = row.MaybeUlid(8),
            ToldIn = row.MaybeUlid(9),
            DueAt = row.MaybeTime(10),
            Reason = row.MaybeText(11),
            History = row.Text(12),
            Key = row.Ulid(13),
            Id = row.Text(14),
            Type = row.Text(15),
            Source = row.Text(16),
            Slot = row.Int32(17),
        };

    /// <summary>All rows of a query that selects <see cref="Columns"/>.</summary>
    public static List<DeliveryRow> ReadAll(Statement rows)
    {
        var all = new List<DeliveryRow>();
        while (rows.Read())
            all.Add(Read(rows));
        return all;
    }
}
