namespace Bellhop.Agents;

/// <summary>
/// When an agent that keeps dying may be started again: at once after the first death, then with growing pauses, and
/// after five in a row it is left alone for a while, so that a broken installation costs a look now and then and not a
/// processor.
/// </summary>
internal sealed class RestartPolicy(TimeProvider time, Func<double> random)
{
    private const int MostDeaths = 5;
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(30);

    private int _deaths;
    private long _last;

    /// <summary>Too many in a row: it is not to be started now.</summary>
    public bool IsOpen => _deaths >= MostDeaths && Elapsed < Hold;

    /// <summary>How long to wait before the next start.</summary>
    public TimeSpan Pause
    {
        get
        {
            if (_deaths is < 2 or >= MostDeaths)
                return TimeSpan.Zero;
            // Half fixed, half random: agents of several sessions that die together do not start together.
            var pause = First * Math.Pow(2, _deaths - 2) * (0.5 + (random() / 2));
            return pause > Elapsed ? pause - Elapsed : TimeSpan.Zero;
        }
    }

    private TimeSpan Elapsed => time.GetElapsedTime(_last);

    /// <summary>It died, or did not come up.</summary>
    public void Died()
    {
        _deaths++;
        _last = time.GetTimestamp();
    }

    /// <summary>It did a turn to its end.</summary>
    public void Worked() => _deaths = 0;
}
