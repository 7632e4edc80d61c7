using Bellhop.Events;

namespace Bellhop.Store;

/// <summary>One step of a delivery.</summary>
public sealed record HistoryEntry(DeliveryState State, DateTimeOffset At, string? Note);

/// <summary>One event for one session, with all that happened to it.</summary>
public sealed record Delivery
{
    /// <summary>The delivery's number; rises with arrival.</summary>
    public required long Number { get; init; }

    /// <summary>For whom.</summary>
    public required SessionId Session { get; init; }

    /// <summary>Where it stands.</summary>
    public required DeliveryState State { get; init; }

    /// <summary>Failed attempts so far.</summary>
    public int Attempts { get; init; }

    /// <summary>The last turn it was in.</summary>
    public Ulid? Turn { get; init; }

    /// <summary>Why it is dead, or the rule that dropped it.</summary>
    public string? Reason { get; init; }

    /// <summary>The delivery this one gives again.</summary>
    public long? ReplayOf { get; init; }

    /// <summary>Not before this instant, while it waits for a retry.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Every step, oldest first.</summary>
    public required IReadOnlyList<HistoryEntry> History { get; init; }

    /// <summary>The answer of its turn, in parts.</summary>
    public IReadOnlyList<Reply> Replies { get; init; } = [];
}

/// <summary>An event's deliveries with their history.</summary>
/// <param name="Event">What happened.</param>
/// <param name="Deliveries">In the order they were added.</param>
/// <param name="Others">How many older events carry the same id.</param>
public sealed record Receipt(Event Event, IReadOnlyList<Delivery> Deliveries, int Others)
{
    /// <summary>True when nothing more will happen to it by itself.</summary>
    public bool IsSettled => Deliveries.All(d => d.State.IsTerminal());
}

/// <summary>One row of a listing.</summary>
/// <param name="Delivery">The delivery's number, a cursor for the next page.</param>
/// <param name="Event">What happened.</param>
/// <param name="Session">For whom.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Attempts">Failed attempts so far.</param>
/// <param name="Reason">Why it is dead or dropped.</param>
/// <param name="UpdatedAt">When it last moved.</param>
public sealed record DeliverySummary(
    long Delivery,
    Event Event,
    SessionId Session,
    DeliveryState State,
    int Attempts,
    string? Reason,
    DateTimeOffset UpdatedAt
);

/// <summary>Which deliveries to list, newest first.</summary>
public sealed record DeliveryQuery
{
    /// <summary>Only these states; null = all.</summary>
    public DeliveryState? State { get; init; }

    /// <summary>Only this session; null = all.</summary>
    public SessionId? Session { get; init; }

    /// <summary>Only deliveries older than this number (the last one of the page before).</summary>
    public long? Before { get; init; }

    /// <summary>At most this many, 1 to 1,000. The default value is 50.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>Leave out dead letters that a person has put away. The default value is false.</summary>
    public bool HideDismissed { get; init; }
}

/// <summary>A delivery moved. Sent after the move is on disk.</summary>
public sealed record DeliveryChange(
    Ulid Key,
    string Id,
    string Type,
    string Source,
    SessionId Session,
    long Delivery,
    DeliveryState State,
    DateTimeOffset At,
    string? Note
);
