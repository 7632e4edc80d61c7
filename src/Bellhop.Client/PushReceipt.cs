namespace Bellhop.Client;

/// <summary>The event is kept: on Bellhop's disk, or in Redis.</summary>
public sealed record PushReceipt
{
    /// <summary>The event's id; pushing it again with this one adds nothing.</summary>
    public required string Id { get; init; }

    /// <summary>Bellhop's own key for it; null where it went to Redis, where Bellhop has yet to take it.</summary>
    public string? Key { get; init; }

    /// <summary>True where Bellhop knew it already. In Redis nobody looks: Bellhop finds out when it takes it.</summary>
    public bool Duplicate { get; init; }

    /// <summary>The sessions it goes to; empty where a routing rule drops it.</summary>
    public required IReadOnlyList<string> Sessions { get; init; }
}

/// <summary>What became of an event.</summary>
public sealed record EventOutcome
{
    /// <summary>Bellhop's key for it.</summary>
    public required string Key { get; init; }

    /// <summary>False where the time ran out: it goes on without us.</summary>
    public required bool IsSettled { get; init; }

    /// <summary>One for each session, and one for each replay, in the order they were added.</summary>
    public required IReadOnlyList<DeliveryOutcome> Deliveries { get; init; }

    /// <summary>The agent's answers, in order.</summary>
    public IEnumerable<string> Replies => Deliveries.SelectMany(d => d.Replies);

    /// <summary>
    /// True where every session's last delivery ended well. One that only moved on, to central or out of a hold, counts
    /// where it went.
    /// </summary>
    public bool IsCompleted =>
        IsSettled
        && Deliveries.GroupBy(d => d.Session).Select(s => s.Last()).Where(d => !d.HasMovedOn).ToList()
            is { Count: > 0 } last
        && last.TrueForAll(d => d.State == "completed");
}

/// <summary>One event for one session.</summary>
/// <param name="Session">For whom.</param>
/// <param name="State">accepted, queued, injecting, injected, completed, dead or dropped.</param>
/// <param name="Reason">Why it is dead, or the rule that dropped it; null otherwise.</param>
/// <param name="Replies">The agent's answer, in parts.</param>
public sealed record DeliveryOutcome(string Session, string State, string? Reason, IReadOnlyList<string> Replies)
{
    /// <summary>Another session got it instead: this one was gone, or a rule held it and it was released.</summary>
    public bool HasMovedOn => State == "dropped" && Reason is ("adopted" or "released");
}
