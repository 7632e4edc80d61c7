namespace Bellhop.Redis.Listener;

/// <summary>Counts since the start, for INFO and metrics.</summary>
public sealed class RespStatistics
{
    private long _accepted;
    private long _rejected;
    private long _commands;
    private long _slowSubscribers;

    /// <summary>Connections accepted.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Connections refused because there were too many.</summary>
    public long Rejected => Interlocked.Read(ref _rejected);

    /// <summary>Commands answered.</summary>
    public long Commands => Interlocked.Read(ref _commands);

    /// <summary>Subscribers disconnected because they did not read.</summary>
    public long SlowSubscribers => Interlocked.Read(ref _slowSubscribers);

    internal void CountAccepted() => Interlocked.Increment(ref _accepted);

    internal void CountRejected() => Interlocked.Increment(ref _rejected);

    internal void CountCommand() => Interlocked.Increment(ref _commands);

    internal void CountSlowSubscriber() => Interlocked.Increment(ref _slowSubscribers);
}
