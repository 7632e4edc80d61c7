using System.Collections.Concurrent;
using System.Threading.Channels;
using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Redis.Store;

/// <summary>Where lanes wait until something of theirs may be due. One at a time for each session.</summary>
internal sealed class LanePlaces(TimeProvider time)
{
    private readonly ConcurrentDictionary<SessionId, Place> _places = [];

    /// <exception cref="StoreException">Another call waits for this session.</exception>
    public Place Enter(SessionId session)
    {
        var place = new Place(this, session, time);
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

    internal sealed class Place(LanePlaces owner, SessionId session, TimeProvider time) : IDisposable
    {
        // A signal that comes while the lane looks must make it look again: it is kept until it is waited for.
        private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
        );

        public void Signal() => _signals.Writer.TryWrite(true);

        /// <summary>What was signalled until now is about to be looked at.</summary>
        public void Forget() => _signals.Reader.TryRead(out _);

        /// <summary>Ends at a signal since <see cref="Forget"/>, or when the clock reaches <paramref name="due"/>.</summary>
        public async Task WaitAsync(DateTimeOffset? due, CancellationToken cancel)
        {
            await using var alarm = time.CreateTimer(
                static place => ((Place)place!).Signal(),
                this,
                Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan
            );
            if (due is { } at)
            {
                // Rounded up: a timer counts whole milliseconds and would ring too early for the rest.
                var wait = Math.Ceiling((at - time.GetUtcNow()).TotalMilliseconds);
                alarm.Change(TimeSpan.FromMilliseconds(Math.Max(0, wait)), Timeout.InfiniteTimeSpan);
                if (time.GetUtcNow() >= at)
                    return; // the clock passed it while the alarm was set
            }
            await _signals.Reader.ReadAsync(cancel);
        }

        public void Dispose() => owner._places.TryRemove(session, out _);
    }
}
