using System.Collections.Concurrent;
using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Redis.Store;

/// <summary>Where lanes wait until something of theirs may be due. One at a time for each session.</summary>
internal sealed class LanePlaces(TimeProvider time)
{
    private readonly ConcurrentDictionary<SessionId, LanePlace> _places = [];

    /// <summary>A place for one lease, under this turn's id.</summary>
    /// <exception cref="StoreException">Another call waits for this session.</exception>
    public LanePlace Enter(SessionId session, BatchLimits limits, Ulid turn)
    {
        var place = new LanePlace(session, limits, turn, time, () => _places.TryRemove(session, out _));
        return _places.TryAdd(session, place)
            ? place
            : throw new StoreException($"Another lease of session {session} is waiting already.");
    }

    /// <summary>The session may have something due that it had not before.</summary>
    public void Signal(SessionId session)
    {
        if (_places.TryGetValue(session, out var place))
            place.Signal();
    }

    public void SignalAll()
    {
        foreach (var place in _places.Values)
            place.Signal();
    }

    /// <summary>A lane that waits for one of these, and that nobody else sees to; null where there is none.</summary>
    public LanePlace? Claim(IReadOnlyList<NewEvent> events)
    {
        if (_places.IsEmpty)
            return null;
        foreach (var target in events.SelectMany(e => e.Targets))
        {
            if (_places.TryGetValue(target.Session, out var place) && place.TryClaim())
                return place;
        }
        return null;
    }
}
