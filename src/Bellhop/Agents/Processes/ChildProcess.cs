using System.IO.Pipes;

namespace Bellhop.Agents.Processes;

/// <summary>
/// A child in a session of its own. When it ends, by itself or by us, everything it started is killed too:
/// <see cref="Gone"/> is the moment from which its files are nobody's.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    // The ladder. An idle pi leaves within 50 ms of a closed input, a busy one within 200 ms of SIGTERM.
    private static readonly TimeSpan CloseWait = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan TerminateWait = TimeSpan.FromSeconds(3);

    // Its last words are in the pipe already; only a stranger that holds the pipe open makes us wait.
    private static readonly TimeSpan DrainWait = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly ErrorLog _errors;
    private readonly Task _errorsRead;
    private readonly TaskCompletionSource<ChildExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _reaped;
    private FamilyKiller? _killer;
    private ProcessFamily? _family;

    public ChildProcess(
        int pid,
        AnonymousPipeServerStream input,
        AnonymousPipeServerStream output,
        AnonymousPipeServerStream errors,
        ErrorLog errorLog,
        TimeProvider time
    )
    {
        Pid = pid;
        _time = time;
        Input = new PipeFeed(input);
        Output = PipePump.Start(output, $"agent {pid} out");
        _errors = errorLog;
        _errorsRead = errorLog.ReadAsync(PipePump.Start(errors, $"agent {pid} err"));
        new Thread(Wait, 128 * 1024) { IsBackground = true, Name = $"agent {pid} wait" }.Start();
    }

    /// <summary>The process.</summary>
    public int Pid { get; }

    /// <summary>The file that runs.</summary>
    public required string Executable { get; init; }

    /// <summary>Its standard input.</summary>
    public PipeFeed Input { get; }

    /// <summary>Its standard output.</summary>
    public Stream Output { get; }

    /// <summary>The end of what it wrote to its standard error.</summary>
    public string LastErrors => _errors.LastLines;

    /// <summary>The child itself has ended.</summary>
    public Task<ChildExit> Exited => _exited.Task;

    /// <summary>The child and everything it started are dead. Faulted when one of them cannot be killed.</summary>
    public Task Gone { get; private set; } = Task.CompletedTask;

    /// <summary>Writes the child down, and sees to its family when it ends.</summary>
    /// <exception cref="SpawnException">It cannot be written down; it must be ended.</exception>
    public void Guard(ProcessFamily family, ChildLedger ledger, FamilyKiller killer)
    {
        (_family, _killer) = (family, killer);
        ledger.Add(family);
        Gone = SweepAsync();

        async Task SweepAsync()
        {
            await Exited;
            await killer.KillAsync(family);
            ledger.Remove(family);
            await Task.WhenAny(_errorsRead, Task.Delay(DrainWait, _time, CancellationToken.None));
        }
    }

    /// <summary>End of input; a well-behaved program ends now.</summary>
    public void CloseInput() => Input.Close();

    /// <summary>Ends it in order: close its input, wait, SIGTERM, wait, kill everything. Cancelling skips the waits.</summary>
    public async Task StopAsync(CancellationToken cancel)
    {
        CloseInput();
        if (!await ExitsWithinAsync(CloseWait, cancel))
            await TerminateAsync(cancel);
        await KillAsync();
    }

    /// <summary>Ends it by SIGTERM, and after a wait by force. Cancelling skips the wait.</summary>
    public async Task TerminateAsync(CancellationToken cancel)
    {
        Signal(NativeMethods.SigTerm);
        await ExitsWithinAsync(TerminateWait, cancel);
        await KillAsync();
    }

    /// <summary>Kills it and everything it started; returns when all are dead.</summary>
    /// <exception cref="SpawnException">One of them survived.</exception>
    public async Task KillAsync()
    {
        if (!Exited.IsCompleted)
            await _killer!.KillAsync(_family!); // the children first and together with it, while the tree still stands
        await Gone;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await Input.DisposeAsync();
        await Output.DisposeAsync();
    }

    private async Task<bool> ExitsWithinAsync(TimeSpan limit, CancellationToken cancel)
    {
        try
        {
            await Exited.WaitAsync(limit, _time, cancel);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    private void Signal(int signal)
    {
        // Until it is waited for its pid cannot be given to another process.
        lock (_lock)
        {
            if (!_reaped)
                _ = NativeMethods.kill(Pid, signal);
        }
    }

    private void Wait()
    {
        int status;
        int result;
        do result = NativeMethods.waitpid(Pid, out status, 0);
        while (result < 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == NativeMethods.Eintr);
        lock (_lock)
            _reaped = true;
        _exited.SetResult(result == Pid ? ChildExit.FromStatus(status) : default);
    }
}
