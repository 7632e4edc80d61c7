using Bellhop.Events;

namespace Bellhop.Store;

/// <summary>A session an event goes to.</summary>
/// <param name="Session">Whose lane.</param>
/// <param name="Known">True: queued at once. False: accepted, waiting for the session to be seen.</param>
/// <param name="Note">Why, for the receipt; null where it needs no word.</param>
public sealed record Target(SessionId Session, bool Known = true, string? Note = null);

/// <summary>One event to write, with the sessions the router named.</summary>
public sealed record NewEvent(Event Event, IReadOnlyList<Target> Targets)
{
    /// <summary>Why the bytes could not be read: its deliveries are born <c>dead</c> with this reason.</summary>
    public string? Quarantine { get; init; }
}

/// <summary>What became of one event.</summary>
/// <param name="Key">The key it is known by; the first one's key for a duplicate.</param>
/// <param name="Id">The producer's id.</param>
/// <param name="Duplicate">True where this (source, id) was known within its window and no delivery was added.</param>
/// <param name="Sessions">The sessions it has deliveries for, this append's first.</param>
public sealed record AppendedEvent(Ulid Key, string Id, bool Duplicate, IReadOnlyList<SessionId> Sessions)
{
    /// <summary>True where it waits on this machine's disk until the store is back; whether it is a duplicate shows then.</summary>
    public bool Spooled { get; init; }
}

/// <summary>Why a store takes nothing more for now.</summary>
public enum AppendRefusal
{
    /// <summary>Not refused.</summary>
    None,

    /// <summary>Too many unfinished deliveries, or too little free disk.</summary>
    Full,

    /// <summary>The disk is full.</summary>
    DiskFull,
}

/// <summary>All events of one append were written and synced, or none was.</summary>
/// <param name="Events">One for each event given, in order; empty when refused.</param>
/// <param name="Refusal">Why nothing was written.</param>
public sealed record AppendResult(IReadOnlyList<AppendedEvent> Events, AppendRefusal Refusal = AppendRefusal.None)
{
    /// <summary>A refusal: nothing was stored.</summary>
    public static AppendResult Refused(AppendRefusal refusal) => new([], refusal);
}
