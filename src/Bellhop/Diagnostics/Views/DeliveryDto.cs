using Bellhop.Store;

namespace Bellhop.Diagnostics.Views;

/// <summary>One event for one session.</summary>
public sealed record DeliveryDto
{
    /// <summary>The delivery's number.</summary>
    public required long Delivery { get; init; }

    /// <summary>For whom.</summary>
    public required string Session { get; init; }

    /// <summary>accepted, queued, injecting, injected, completed, dead or dropped.</summary>
    public required string State { get; init; }

    /// <summary>Failed attempts so far.</summary>
    public required int Attempts { get; init; }

    /// <summary>The last turn it was in.</summary>
    public string? Turn { get; init; }

    /// <summary>Why it is dead, or the rule that dropped it.</summary>
    public string? Reason { get; init; }

    /// <summary>The delivery that this one gives again.</summary>
    public long? ReplayOf { get; init; }

    /// <summary>Not before this instant, while it waits for a retry.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Every step, oldest first.</summary>
    public required IReadOnlyList<StepDto> History { get; init; }

    /// <summary>The answer of its turn, in parts.</summary>
    public required IReadOnlyList<ReplyDto> Replies { get; init; }

    /// <summary>Shows a delivery.</summary>
    public static DeliveryDto From(Delivery d) =>
        new()
        {
            Delivery = d.Number,
            Session = d.Session.Value,
            State = d.State.Word(),
            Attempts = d.Attempts,
            Turn = d.Turn?.ToString(),
            Reason = d.Reason,
            ReplayOf = d.ReplayOf,
            DueAt = d.DueAt,
            History = [.. d.History.Select(h => new StepDto(h.State.Word(), h.At, h.Note))],
            Replies = [.. d.Replies.Select(ReplyDto.From)],
        };
}

/// <summary>One step of a delivery.</summary>
/// <param name="State">The state it moved to.</param>
/// <param name="At">When.</param>
/// <param name="Note">Why, where it needs a word.</param>
public sealed record StepDto(string State, DateTimeOffset At, string? Note);

/// <summary>One part of a turn's answer.</summary>
/// <param name="Part">From 0.</param>
/// <param name="Text">The agent's words.</param>
/// <param name="Address">Where it goes; null = nowhere but here.</param>
/// <param name="State">kept, pending, sent, failed or unknown.</param>
public sealed record ReplyDto(int Part, string Text, string? Address, string State)
{
    /// <summary>Shows a reply.</summary>
    public static ReplyDto From(Reply reply) =>
        new(reply.Part, reply.Text, reply.Address, reply.State.ToString().ToLowerInvariant());
}
