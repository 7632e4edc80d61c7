namespace Bellhop.Events;

/// <summary>Who caused an event. A person's message may overtake machine events.</summary>
public enum EventKind : byte
{
    /// <summary>A script, a timer, a webhook, a workflow.</summary>
    Machine = 0,

    /// <summary>A message that a person wrote.</summary>
    Person = 1,
}

/// <summary>Something that happened, as a source handed it in. Never changes once accepted.</summary>
public sealed record Event
{
    /// <summary>Ours, unique for ever; sorts by arrival.</summary>
    public required Ulid Key { get; init; }

    /// <summary>The producer's id, or the key's text where the producer sent none.</summary>
    public required string Id { get; init; }

    /// <summary>What happened, dotted or slashed: <c>download.complete</c>, <c>media/received</c>. 1 to 256 characters.</summary>
    public required string Type { get; init; }

    /// <summary>Who says so; <c>unknown</c> where the producer named nobody. 1 to 256 characters.</summary>
    public required string Source { get; init; }

    /// <summary>When it happened, by the producer's clock; null where <c>ts</c> was 0, missing or no time.</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    /// <summary>When it reached us, by our clock.</summary>
    public required DateTimeOffset ArrivedAt { get; init; }

    /// <summary>The session that started what this event reports, if the producer named one.</summary>
    public SessionId? Origin { get; init; }

    /// <summary>Who caused it.</summary>
    public EventKind Kind { get; init; }

    /// <summary>Where an answer goes (<c>channel:chat[:thread]</c>); null where nobody waits for one.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>How long a second event with the same source and id counts as this one; zero = never.</summary>
    public TimeSpan DedupeWindow { get; init; }

    /// <summary>The bytes as the producer wrote them, for byte-exact views; at most 1 MiB.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }
}
