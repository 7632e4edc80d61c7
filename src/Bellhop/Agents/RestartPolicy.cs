namespace Bellhop.Agents;

/// <summary>
/// When an agent that keeps dying may be started again: at once after the first death, then with growing pauses. After
/// five starts in a row that came to nothing it is left alone for a while, so that a broken installation costs a look
/// now and then and not a processor.
/// </summary>
internal sealed class RestartPolicy(TimeProvider time, Func<double> random)
{
    private const int MostFailedStarts = 5;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(30);

    private int _deaths;
    private int _failedStarts;
    private long _last;

    /// <summary>Too many failed starts in a row: it is not to be started now.</summary>
    public bool IsOpen => _failedStarts >= MostFailedStarts && Elapsed < Hold;

    /// <summary>How long to wait before the next start.</summary>
    public TimeSpan Pause
    {
        get
        {
            if (_deaths < 2)
                return TimeSpan.Zero;
            var pause = FirstPause * Math.Pow(2, Math.Min(_deaths, 10) - 2);
            // Half fixed, half random: agents of several sessions that die together do not start together.
            pause = (pause < LongestPause ? pause : LongestPause) * (0.5 + (random() / 2));
            return pause > Elapsed ? pause - Elapsed : TimeSpan.Zero;
        }
    }

    private TimeSpan Elapsed => time.GetElapsedTime(_last);

    /// <summary>It died after it had come up.</summary>
    public void Died()
    {
        _deaths++;
        _last = time.GetTimestamp();
    }

    /// <summary>It did not come up.</summary>
    public void FailedToStart()
    {
        _failedStarts++;
        Died();
    }

    /// <summary>It came up.</summary>
    public void Started() => _failedStarts = 0;

    /// <summary>It did a turn to its end.</summary>
    public void Worked() => _deaths = 0;
}
