using System.Runtime.InteropServices;

namespace Bellhop.Cli.Hosting;

/// <summary>
/// Ctrl+C, SIGTERM and a closed terminal stop in order; a second Ctrl+C stops at once. Without a terminal nothing can
/// hang up, and SIGHUP says what it says to every daemon: read the configuration again.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly PosixSignalRegistration[] _registrations;
    private readonly bool _hasTerminal;
    private volatile Action? _hangUp;

    public StopSignals(bool hasTerminal, CancellationToken cancel)
    {
        _hasTerminal = hasTerminal;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        _registrations =
        [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal =>
                PosixSignalRegistration.Create(signal, Handle)
            ),
        ];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>What SIGHUP does where there is no terminal. Before it is told, the signal does nothing.</summary>
    public void OnHangUp(Action action) => _hangUp = action;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
    }

    private void Handle(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (signal.Signal == PosixSignal.SIGHUP && !_hasTerminal)
        {
            _hangUp?.Invoke();
            return;
        }
        if (_stop.IsCancellationRequested && signal.Signal == PosixSignal.SIGINT)
            Environment.Exit(ExitCode.Failed);
        _stop.Cancel();
    }
}
