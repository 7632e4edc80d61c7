using Bellhop.Agents;

namespace Bellhop.Lanes;

/// <summary>
/// Stops a turn after too much silence. Any signal is a sign of life; an announced back-off is added to the patience, and
/// while a person is asked none is counted. When the gateway stops, the turn gets the drain budget and no more; one that
/// waits for a person gets none, because nobody can answer any more.
/// </summary>
internal sealed class TurnDeadline : IDisposable
{
    private readonly Lock _lock = new();

    // Never disposed of: a timer that fires while the turn ends may cancel it afterwards, and it holds nothing that must
    // be given back.
    private readonly CancellationTokenSource _stopTurn = new();
    private readonly TimeSpan _patience;
    private readonly CancellationToken _gatewayStops;
    private readonly ITimer _silence;
    private readonly ITimer _drain;
    private readonly CancellationTokenRegistration _stopping;
    private int _asking;

    public TurnDeadline(LaneOptions options, TimeProvider time, CancellationToken stopping)
    {
        (_patience, _gatewayStops) = (options.TurnDeadline, stopping);
        _silence = time.CreateTimer(_ => Expire(), null, _patience, Timeout.InfiniteTimeSpan);
        _drain = time.CreateTimer(_ => _stopTurn.Cancel(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _stopping = stopping.Register(() => Drain(options.DrainBudget));
    }

    /// <summary>Cancelled when the turn must end.</summary>
    public CancellationToken Token => _stopTurn.Token;

    /// <summary>It was silence that ended it, not the gateway's own stop.</summary>
    public bool Expired { get; private set; }

    /// <summary>The agent lives.</summary>
    public void Touch(TurnSignal signal)
    {
        var quiet = signal is TurnSignal.Notice notice ? notice.QuietFor : TimeSpan.Zero;
        lock (_lock)
            _silence.Change(_asking > 0 ? Timeout.InfiniteTimeSpan : _patience + quiet, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A person is asked: the agent may be silent until what this returns is disposed.</summary>
    public IDisposable WhileAsking()
    {
        lock (_lock)
        {
            _asking++;
            _silence.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        if (_gatewayStops.IsCancellationRequested)
            _stopTurn.Cancel();
        return new Asking(this);
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _silence.Dispose();
        _drain.Dispose();
    }

    private void Expire()
    {
        Expired = true;
        _stopTurn.Cancel();
    }

    private void Drain(TimeSpan budget)
    {
        bool asking;
        lock (_lock)
            asking = _asking > 0;
        if (asking)
            _stopTurn.Cancel();
        else
            _drain.Change(budget, Timeout.InfiniteTimeSpan);
    }

    private void Answered()
    {
        lock (_lock)
        {
            if (--_asking == 0)
                _silence.Change(_patience, Timeout.InfiniteTimeSpan);
        }
    }

    private sealed class Asking(TurnDeadline deadline) : IDisposable
    {
        public void Dispose() => deadline.Answered();
    }
}
