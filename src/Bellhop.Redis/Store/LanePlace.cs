using Bellhop.Events;
using Bellhop.Redis.Client;
using Bellhop.Store;

namespace Bellhop.Redis.Store;

/// <summary>
/// One lane and the lease it waits for. An append for its session may claim the place and bring the lease along; until it
/// says what came of that, neither signals nor a cancellation end the wait. All tries to lease name the same turn, so what
/// one leased without our hearing of it is what the next one gets.
/// </summary>
internal sealed class LanePlace(SessionId session, BatchLimits limits, Ulid turn, TimeProvider time, Action leave)
    : IDisposable
{
    private static readonly TimeSpan LongestAlarm = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();

    // Whoever brings the lease runs the lane's next steps: waking another thread for them would be half the time it takes.
    private readonly TaskCompletionSource<TurnLease> _lease = new();

    private TaskCompletionSource? _waiting;
    private bool _isSignalled;
    private bool _isClaimed;

    public SessionId Session => session;

    /// <summary>The lease in the words of its script.</summary>
    public IReadOnlyList<RedisArgument> Words { get; } =
    [session.Value, turn.ToString(), limits.MaxEvents, limits.MaxBytes, limits.MaxShownBytes, limits.OverheadBytes];

    /// <summary>What was signalled until now is about to be looked at.</summary>
    public void Forget()
    {
        lock (_lock)
            _isSignalled = false;
    }

    /// <summary>
    /// Ends with a lease that an append brought; or with null at a signal since <see cref="Forget"/>, or when the clock
    /// reaches <paramref name="due"/>.
    /// </summary>
    public async Task<TurnLease?> WaitAsync(DateTimeOffset? due, CancellationToken cancel)
    {
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_isSignalled)
                return null;
            _waiting = waiting;
        }
        using var alarm = due is { } at ? Alarm(at) : null;
        using var cancelled = cancel.Register(Signal);
        if (await Task.WhenAny(_lease.Task, waiting.Task) == _lease.Task)
            return await _lease.Task;
        cancel.ThrowIfCancellationRequested();
        return null;
    }

    /// <summary>There may be something to lease, or a reason to wait no longer.</summary>
    public void Signal()
    {
        lock (_lock)
        {
            _isSignalled = true;
            if (!_isClaimed)
                Wake();
        }
    }

    /// <summary>True where the lane waits and nobody else claimed it. Then <see cref="Unclaim"/> must follow.</summary>
    public bool TryClaim()
    {
        lock (_lock)
            return _waiting is not null && !_isClaimed && (_isClaimed = true);
    }

    /// <summary>Gives the lane what the claim came to, which is its lease from now on.</summary>
    public void Serve(TurnLease lease)
    {
        lock (_lock)
            _waiting = null;
        _lease.SetResult(lease);
    }

    /// <summary>The lane goes on waiting, unless it was served or signalled meanwhile.</summary>
    public void Unclaim()
    {
        lock (_lock)
        {
            _isClaimed = false;
            if (_isSignalled)
                Wake();
        }
    }

    public void Dispose() => leave();

    private void Wake()
    {
        _waiting?.SetResult();
        _waiting = null;
    }

    private ITimer Alarm(DateTimeOffset due)
    {
        var alarm = time.CreateTimer(
            static place => ((LanePlace)place!).Signal(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
        // Rounded up: a timer counts whole milliseconds and would ring too early for the rest. And bounded: a wall clock that
        // was set back may be further away than a timer counts; whoever is woken too early asks again.
        var wait = Math.Ceiling((due - time.GetUtcNow()).TotalMilliseconds);
        var bounded = Math.Clamp(wait, 0, LongestAlarm.TotalMilliseconds);
        alarm.Change(TimeSpan.FromMilliseconds(bounded), Timeout.InfiniteTimeSpan);
        if (time.GetUtcNow() >= due)
            Signal(); // the clock passed it while the alarm was set
        return alarm;
    }
}
