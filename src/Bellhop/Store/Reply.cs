namespace Bellhop.Store;

/// <summary>Where one part of an answer stands. The numbers are stored; never renumber.</summary>
public enum ReplyState : byte
{
    /// <summary>Nobody waits for it on a channel: kept on the receipt only.</summary>
    Kept = 1,

    /// <summary>To be sent.</summary>
    Pending = 2,

    /// <summary>The channel confirmed it.</summary>
    Sent = 3,

    /// <summary>The channel refused it for good.</summary>
    Failed = 4,

    /// <summary>It may or may not have been sent; never resent blindly.</summary>
    Unknown = 5,
}

/// <summary>One part of a turn's answer. Keyed by turn and part.</summary>
/// <param name="Part">From 0.</param>
/// <param name="Text">The agent's words.</param>
/// <param name="Address">Where it goes; null = nowhere but the receipt.</param>
/// <param name="State">Where it stands.</param>
public sealed record Reply(int Part, string Text, string? Address = null, ReplyState State = ReplyState.Kept);
