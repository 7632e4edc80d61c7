namespace Bellhop.Store;

/// <summary>
/// Where one event stands on its way to one session. The numbers are stored; never renumber.
/// <code>accepted → queued → injecting → injected → completed | dead | dropped</code>
/// </summary>
public enum DeliveryState : byte
{
    /// <summary>On disk; its session is not known yet.</summary>
    Accepted = 1,

    /// <summary>Waiting its turn in a session's lane.</summary>
    Queued = 2,

    /// <summary>Being handed to the agent; whether it arrived is not known yet.</summary>
    Injecting = 3,

    /// <summary>The agent has it.</summary>
    Injected = 4,

    /// <summary>The agent's turn ended well. Terminal.</summary>
    Completed = 5,

    /// <summary>Given up with a reason; can be replayed. Terminal.</summary>
    Dead = 6,

    /// <summary>Left out on purpose, with the rule's name. Terminal.</summary>
    Dropped = 7,
}

/// <summary>The moves a delivery can make. Every store enforces exactly these.</summary>
public static class DeliveryTransitions
{
    /// <summary>All allowed moves.</summary>
    public static readonly IReadOnlyList<(DeliveryState From, DeliveryState To)> All =
    [
        (DeliveryState.Accepted, DeliveryState.Queued), // its session came, or central adopts it
        (DeliveryState.Accepted, DeliveryState.Dropped),
        (DeliveryState.Queued, DeliveryState.Injecting), // leased into a turn
        (DeliveryState.Queued, DeliveryState.Dropped),
        (DeliveryState.Injecting, DeliveryState.Injected), // the agent's own receipt
        (DeliveryState.Injecting, DeliveryState.Queued), // did not arrive: given again in full
        (DeliveryState.Injecting, DeliveryState.Dead),
        (DeliveryState.Injected, DeliveryState.Completed),
        (DeliveryState.Injected, DeliveryState.Queued), // the turn failed: continued, never repeated
        (DeliveryState.Injected, DeliveryState.Dead),
    ];

    /// <summary>True where nothing can follow.</summary>
    public static bool IsTerminal(this DeliveryState state) => state >= DeliveryState.Completed;

    /// <summary>The word users see, lower case.</summary>
    public static string Word(this DeliveryState state) =>
        state switch
        {
            DeliveryState.Accepted => "accepted",
            DeliveryState.Queued => "queued",
            DeliveryState.Injecting => "injecting",
            DeliveryState.Injected => "injected",
            DeliveryState.Completed => "completed",
            DeliveryState.Dead => "dead",
            DeliveryState.Dropped => "dropped",
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a delivery state."),
        };

    /// <summary>Reads the word users write; null for anything else.</summary>
    public static DeliveryState? ParseWord(string word) =>
        Enum.GetValues<DeliveryState>().Cast<DeliveryState?>().FirstOrDefault(s => s!.Value.Word() == word);
}
