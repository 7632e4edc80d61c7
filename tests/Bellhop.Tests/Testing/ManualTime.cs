namespace Bellhop.Tests.Testing;

/// <summary>
/// A clock that moves only when told. Timers fire on the thread that advances it, in the order they are due, each with
/// the clock standing at its own instant.
/// </summary>
internal sealed class ManualTime(DateTimeOffset? start = null) : TimeProvider
{
    public static readonly DateTimeOffset DefaultStart = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly DateTimeOffset _start = start ?? DefaultStart;
    private long _elapsedTicks;
    private TimeSpan _wallShift;

    /// <summary>Called once, when a timer is about to be set for later: a clock does not stand still meanwhile.</summary>
    public Action? BeforeTimerIsSet { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Timers that wait to fire; lets a test wait for code to have gone to sleep.</summary>
    public int PendingTimers
    {
        get
        {
            lock (_lock)
                return _timers.Count(t => t.DueTicks is not null);
        }
    }

    /// <summary>Returns when code has gone to sleep on this clock.</summary>
    public async Task SomebodySleepsAsync()
    {
        while (PendingTimers == 0)
            await Task.Yield();
    }

    /// <summary>How long until the next timer fires; null when none waits.</summary>
    public TimeSpan? NextTimerIn
    {
        get
        {
            lock (_lock)
                return _timers.Min(t => t.DueTicks) is { } due ? TimeSpan.FromTicks(due - _elapsedTicks) : null;
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _start + TimeSpan.FromTicks(_elapsedTicks) + _wallShift;
    }

    public override long GetTimestamp()
    {
        lock (_lock)
            return _elapsedTicks;
    }

    /// <summary>Moves the wall clock only, as an administrator or NTP would: no timer notices.</summary>
    public void ShiftWallClock(TimeSpan by)
    {
        lock (_lock)
            _wallShift += by;
    }

    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        long target;
        lock (_lock)
            target = _elapsedTicks + by.Ticks;
        while (TakeDue(target) is { } due)
            due.Fire();
        lock (_lock)
            _elapsedTicks = Math.Max(_elapsedTicks, target);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private ManualTimer? TakeDue(long target)
    {
        lock (_lock)
        {
            var next = _timers.Where(t => t.DueTicks <= target).MinBy(t => t.DueTicks);
            if (next is null)
                return null;
            _elapsedTicks = Math.Max(_elapsedTicks, next.DueTicks!.Value);
            next.DueTicks = next.Period > TimeSpan.Zero ? _elapsedTicks + next.Period.Ticks : null;
            return next;
        }
    }

    private sealed class ManualTimer(ManualTime owner, TimerCallback callback, object? state) : ITimer
    {
        public long? DueTicks { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            // The clock of a real machine takes no more either.
            ArgumentOutOfRangeException.ThrowIfGreaterThan(dueTime, LongestTimer);
            if (dueTime > TimeSpan.Zero && owner.BeforeTimerIsSet is { } call)
            {
                owner.BeforeTimerIsSet = null;
                call();
            }
            lock (owner._lock)
            {
                if (!owner._timers.Contains(this))
                    owner._timers.Add(this);
                DueTicks = dueTime < TimeSpan.Zero ? null : owner._elapsedTicks + dueTime.Ticks;
                Period = period < TimeSpan.Zero ? TimeSpan.Zero : period;
            }
            if (dueTime == TimeSpan.Zero)
                owner.Advance(TimeSpan.Zero);
            return true;
        }

        public void Dispose()
        {
            lock (owner._lock)
            {
                DueTicks = null;
                owner._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
