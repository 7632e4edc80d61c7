namespace Bellhop.Lanes;

/// <summary>Growing waits while an agent or its model fails; starts small again after a success.</summary>
internal sealed class Pause(LaneOptions options)
{
    private int _failures;

    /// <summary>The next wait.</summary>
    public TimeSpan Next() =>
        TimeSpan.FromTicks(
            Math.Min(options.MaxPause.Ticks, options.FirstPause.Ticks << Math.Clamp(_failures++, 0, 20))
        );

    /// <summary>The agent works again.</summary>
    public void Reset() => _failures = 0;
}
