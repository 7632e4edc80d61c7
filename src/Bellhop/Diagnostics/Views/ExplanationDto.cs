namespace Bellhop.Diagnostics.Views;

/// <summary>Where an event would go and why: <c>POST /v1/explain</c>, <c>bellhop explain --json</c>. Nothing was done.</summary>
public sealed record ExplanationDto
{
    /// <summary>The event that was asked about.</summary>
    public required ExplainedEventDto Event { get; init; }

    /// <summary>delivered, held, dropped or duplicate.</summary>
    public required string Outcome { get; init; }

    /// <summary>central, origin, list, rule or ruleWithoutOrigin: what decided.</summary>
    public required string Basis { get; init; }

    /// <summary>The rule that decided; null where none did.</summary>
    public RuleDto? Rule { get; init; }

    /// <summary>Where it would go, in order.</summary>
    public required IReadOnlyList<ExplainedSessionDto> Sessions { get; init; }

    /// <summary>The event it would repeat; null where it would be new.</summary>
    public RepeatedDto? Repeats { get; init; }

    /// <summary>How the deliveries of a stored event stand; null for an event that was only described.</summary>
    public IReadOnlyList<StoodDto>? Deliveries { get; init; }

    /// <summary>The same in sentences.</summary>
    public required IReadOnlyList<string> Because { get; init; }
}

/// <summary>What of an event decides where it goes.</summary>
/// <param name="Id">The producer's id; null where it named none.</param>
/// <param name="Type">What happened.</param>
/// <param name="Source">Who says so.</param>
/// <param name="Kind">machine or person.</param>
/// <param name="Origin">The session that started it.</param>
/// <param name="List">The session whose list it is written to; null = none.</param>
public sealed record ExplainedEventDto(
    string? Id,
    string Type,
    string Source,
    string Kind,
    string? Origin,
    string? List
);

/// <summary>A routing rule.</summary>
/// <param name="Name">What receipts call it.</param>
/// <param name="Type">The pattern of the type.</param>
/// <param name="Source">The pattern of the source.</param>
/// <param name="Action">sessions, drop or hold.</param>
/// <param name="Place">Its place among the rules, from 1.</param>
public sealed record RuleDto(string Name, string Type, string Source, string Action, int Place);

/// <summary>A session that an event would go to.</summary>
public sealed record ExplainedSessionDto
{
    /// <summary>Its id.</summary>
    public required string Session { get; init; }

    /// <summary>queued, accepted or dropped; known where the session has the event already.</summary>
    public required string State { get; init; }

    /// <summary>What waits or is under way before it.</summary>
    public required long Before { get; init; }

    /// <summary>The lane that serves it; null where a terminal takes its own events.</summary>
    public LaneStatus? Lane { get; init; }

    /// <summary>False for a session that was never seen.</summary>
    public required bool Known { get; init; }
}

/// <summary>The event that another one repeats.</summary>
/// <param name="Key">Ours.</param>
/// <param name="ArrivedAt">When it came.</param>
/// <param name="Until">From then on the same source and id is a new event.</param>
public sealed record RepeatedDto(string Key, DateTimeOffset ArrivedAt, DateTimeOffset Until);

/// <summary>How a delivery stands.</summary>
/// <param name="Session">For whom.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Reason">Why it is dead or dropped.</param>
public sealed record StoodDto(string Session, string State, string? Reason);
