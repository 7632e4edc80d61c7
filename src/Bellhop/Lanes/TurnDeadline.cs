using Bellhop.Agents;

namespace Bellhop.Lanes;

/// <summary>
/// Stops a turn after too much silence. Any signal is a sign of life; an announced back-off is added to the patience.
/// When the gateway stops, the turn gets the drain budget and no more.
/// </summary>
internal sealed class TurnDeadline : IDisposable
{
    private readonly CancellationTokenSource _stopTurn = new();
    private readonly TimeSpan _patience;
    private readonly ITimer _silence;
    private readonly ITimer _drain;
    private readonly CancellationTokenRegistration _stopping;

    public TurnDeadline(LaneOptions options, TimeProvider time, CancellationToken stopping)
    {
        _patience = options.TurnDeadline;
        _silence = time.CreateTimer(_ => Expire(), null, _patience, Timeout.InfiniteTimeSpan);
        _drain = time.CreateTimer(_ => _stopTurn.Cancel(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _stopping = stopping.Register(() => _drain.Change(options.DrainBudget, Timeout.InfiniteTimeSpan));
    }

    /// <summary>Cancelled when the turn must end.</summary>
    public CancellationToken Token => _stopTurn.Token;

    /// <summary>It was silence that ended it, not the gateway's own stop.</summary>
    public bool Expired { get; private set; }

    /// <summary>The agent lives.</summary>
    public void Touch(TurnSignal signal)
    {
        var quiet = signal is TurnSignal.Notice notice ? notice.QuietFor : TimeSpan.Zero;
        _silence.Change(_patience + quiet, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _silence.Dispose();
        _drain.Dispose();
        _stopTurn.Dispose();
    }

    private void Expire()
    {
        Expired = true;
        _stopTurn.Cancel();
    }
}
