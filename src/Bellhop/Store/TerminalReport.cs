using Bellhop.Events;

namespace Bellhop.Store;

/// <summary>What a session's own terminal says of an event that it took from the session's list.</summary>
public sealed record TerminalReport
{
    /// <param name="keyOrId">
    /// The event, by its key or its producer's id; empty where the terminal knows neither: then what it has in hand under
    /// <paramref name="turn"/> is meant.
    /// </param>
    /// <param name="state">
    /// <c>injected</c> (its transcript holds it), <c>completed</c>, <c>queued</c> (given back) or <c>dead</c>.
    /// </param>
    /// <param name="turn">The terminal's own turn; null where it counts none.</param>
    /// <param name="note">For the receipt; of a <c>dead</c> one the reason.</param>
    /// <exception cref="StoreException">No terminal can report this state.</exception>
    public TerminalReport(string keyOrId, DeliveryState state, Ulid? turn, string? note)
    {
        if (!CanReport(state))
            throw new StoreException($"A terminal reports injected, completed, queued or dead, not {state.Word()}.");
        (KeyOrId, State, Turn, Note) = (keyOrId, state, turn, note);
    }

    /// <summary>The event. Where its producer's id names several, the delivery that the report fits best is meant.</summary>
    public string KeyOrId { get; }

    /// <summary>How far it is.</summary>
    public DeliveryState State { get; }

    /// <summary>The terminal's own turn.</summary>
    public Ulid? Turn { get; }

    /// <summary>For the receipt.</summary>
    public string? Note { get; }

    /// <summary>Exactly this delivery, where it is known; then <see cref="KeyOrId"/> is not looked at.</summary>
    public long? Delivery { get; init; }

    /// <summary>
    /// What whoever takes over an event is told that was in a lost terminal's hand: only that terminal's transcript knows
    /// whether it was begun, and nobody else can read it.
    /// </summary>
    public static string MayHaveBegun(string note) => $"{note}; it may have begun it";

    /// <summary>True for the states that a terminal may report.</summary>
    public static bool CanReport(DeliveryState state) =>
        state is DeliveryState.Injected or DeliveryState.Completed or DeliveryState.Queued or DeliveryState.Dead;
}
