using Bellhop.Events;

namespace Bellhop.Store;

/// <summary>How much one prompt may carry.</summary>
public sealed record BatchLimits
{
    /// <summary>Events in one prompt. The default value is 20.</summary>
    public int MaxEvents { get; init; } = 20;

    /// <summary>Bytes of events in one prompt, each counted as it will be shown. The default value is 64 KiB.</summary>
    public int MaxBytes { get; init; } = 64 * 1024;

    /// <summary>A machine's body counts for at most this, because a prompt shows no more; a person's counts whole. The default value is 2 KiB.</summary>
    public int MaxShownBytes { get; init; } = 2 * 1024;

    /// <summary>What type, source and fence add to each event. The default value is 640 bytes.</summary>
    public int OverheadBytes { get; init; } = 640;
}

/// <summary>One delivery inside a leased turn.</summary>
/// <param name="Delivery">The delivery's number in the store.</param>
/// <param name="Event">What it delivers.</param>
/// <param name="Attempts">Failed attempts before this one.</param>
/// <param name="Kills">Times the agent's process died while it had this delivery alone.</param>
/// <param name="Slot">Its place, from 1, in the prompt that first told the agent of it.</param>
public sealed record LeasedDelivery(long Delivery, Event Event, int Attempts, int Kills, int Slot);

/// <summary>
/// The deliveries that one prompt carries, moved to <c>injecting</c> by the store. All have one session, one kind and
/// one reply address; they stand in arrival order.
/// </summary>
/// <param name="Turn">The turn's id; the prompt's marker is made from it.</param>
/// <param name="Session">The lane it belongs to.</param>
/// <param name="Deliveries">At least one.</param>
/// <param name="Continues">
/// The earlier turn whose prompt already gave the agent these events, if there was one: then this turn is a
/// continuation and repeats none of them, provided the transcript still holds that turn's marker.
/// </param>
public sealed record TurnLease(Ulid Turn, SessionId Session, IReadOnlyList<LeasedDelivery> Deliveries, Ulid? Continues)
{
    /// <summary>
    /// Where central changed hands meanwhile: other turns whose prompts may have told these events, oldest first. A
    /// transcript that holds one of them needs no telling either.
    /// </summary>
    public IReadOnlyList<EarlierTelling> Elsewhere { get; init; } = [];
}

/// <summary>A prompt that may have told a turn's events.</summary>
/// <param name="Turn">By which a transcript can be asked.</param>
/// <param name="Slots">Each delivery's place in it, in the order of the turn's deliveries.</param>
public sealed record EarlierTelling(Ulid Turn, IReadOnlyList<int> Slots);

/// <summary>A turn found unfinished at start, for recovery.</summary>
/// <param name="Lease">What it carried.</param>
/// <param name="State">How far it had come: injecting or injected.</param>
public sealed record OpenTurn(TurnLease Lease, DeliveryState State);

/// <summary>When a failed turn is given again.</summary>
public sealed record RetryPolicy
{
    /// <summary>Failures of a single delivery before it is dead-lettered. The default value is 3.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>Deaths of the agent under a single delivery before it is quarantined. The default value is 2.</summary>
    public int MaxKills { get; init; } = 2;

    /// <summary>The wait after the first failure; doubled each time. The default value is 2 s.</summary>
    public TimeSpan BaseDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest wait. The default value is 1 minute.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The wait before attempt <paramref name="attempts"/> + 1.</summary>
    public TimeSpan Delay(int attempts)
    {
        var doublings = Math.Clamp(attempts - 1, 0, 16);
        return BaseDelay.Ticks > MaxDelay.Ticks >> doublings ? MaxDelay : BaseDelay * (1 << doublings);
    }
}

/// <summary>How a turn ended badly.</summary>
public enum TurnFault
{
    /// <summary>The turn's own failure: empty reply, model refusal, deadline. Spends an attempt.</summary>
    Failed,

    /// <summary>The agent's process died under it. Spends a kill.</summary>
    KilledAgent,

    /// <summary>Whether the agent took it cannot be known. Dead at once with reason <c>interrupted</c>.</summary>
    Interrupted,
}

/// <summary>What a failure led to.</summary>
/// <param name="Requeued">Deliveries that will be given again.</param>
/// <param name="Dead">Deliveries that were dead-lettered now: each deserves an alarm.</param>
public sealed record FaultResult(int Requeued, IReadOnlyList<long> Dead);
