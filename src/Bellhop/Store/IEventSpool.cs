using Bellhop.Events;

namespace Bellhop.Store;

/// <summary>
/// Where events wait on this machine's own disk while the place of the events is away. Whoever replays them does so in
/// the order in which they came.
/// </summary>
public interface IEventSpool
{
    /// <summary>True while something waits here: what comes now must wait behind it.</summary>
    bool HasBacklog { get; }

    /// <summary>Keeps events. They are on disk when it returns.</summary>
    /// <exception cref="StoreException">There is no room; nothing was kept.</exception>
    void Keep(IReadOnlyList<SpooledEvent> events);
}

/// <summary>An event that waits for its store.</summary>
/// <param name="Event">What happened.</param>
/// <param name="List">The session it was addressed to; null where the rules decide.</param>
/// <param name="Quarantine">Why its bytes could not be read.</param>
public sealed record SpooledEvent(Event Event, SessionId? List, string? Quarantine);
