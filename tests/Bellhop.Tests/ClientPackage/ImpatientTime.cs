namespace Bellhop.Tests.ClientPackage;

/// <summary>A clock on which every wait is over at once, and remembered; what bounds an attempt never ends.</summary>
internal sealed class ImpatientTime(TimeSpan attemptTimeout) : TimeProvider
{
    /// <summary>How long was waited, in order.</summary>
    public List<TimeSpan> Waits { get; } = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == attemptTimeout || dueTime == Timeout.InfiniteTimeSpan)
            return System.CreateTimer(callback, state, dueTime, period);
        Waits.Add(dueTime);
        return System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
