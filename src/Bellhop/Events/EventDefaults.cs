namespace Bellhop.Events;

/// <summary>What a source knows about its events beside their bytes.</summary>
public sealed record EventDefaults
{
    /// <summary>The source where the event names none. The default value is <c>unknown</c>.</summary>
    public string Source { get; init; } = "unknown";

    /// <summary>Who caused it. The default value is <see cref="EventKind.Machine"/>.</summary>
    public EventKind Kind { get; init; }

    /// <summary>Where an answer goes. The default value is null: nowhere.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>Our own adapter made the id, so it is worth the long dedupe window. The default value is false.</summary>
    public bool TrustedId { get; init; }

    /// <summary>The key of a single event whose source chose it. The default value is null: each gets one of its own.</summary>
    public Ulid? Key { get; init; }
}
