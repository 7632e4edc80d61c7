namespace Bellhop.Lanes;

/// <summary>Growing waits while an agent or its model fails; starts small again after a success.</summary>
internal sealed class Pause(Func<LaneOptions> options)
{
    private int _failures;

    /// <summary>The next wait.</summary>
    public TimeSpan Next()
    {
        var now = options();
        return TimeSpan.FromTicks(Math.Min(now.MaxPause.Ticks, now.FirstPause.Ticks << Math.Clamp(_failures++, 0, 20)));
    }

    /// <summary>The agent works again.</summary>
    public void Reset() => _failures = 0;
}
