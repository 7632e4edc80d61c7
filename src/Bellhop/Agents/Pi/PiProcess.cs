using Bellhop.Agents.Processes;

namespace Bellhop.Agents.Pi;

/// <summary>A real pi.</summary>
/// <param name="child">Its process.</param>
/// <param name="askVersion">Asks for a version that no file tells.</param>
/// <param name="time">The clock.</param>
internal sealed class PiProcess(
    ChildProcess child,
    Func<CancellationToken, Task<string?>> askVersion,
    TimeProvider time
) : IPiProcess
{
    // pi 0.73.1 repeats a whole message in every piece of it, and all messages of a run at its end: megabytes are normal.
    private const int LineLimit = 32 * 1024 * 1024;

    // What may still lie in the pipe when pi and all it started are dead; only a stranger can hold it open for longer.
    private static readonly TimeSpan DrainWait = TimeSpan.FromSeconds(1);

    private readonly LineReader _lines = new(child.Output, LineLimit);

    // Between the end of its output and its exit pi still writes its session file.
    private static readonly TimeSpan ExitWait = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _drained = new(Timeout.InfiniteTimeSpan, time);
    private readonly CancellationTokenSource _ended = new();
    private readonly string? _packaged = PiVersion.Of(child.Executable);
    private Task<string?>? _asked;
    private Task? _draining;

    public int Pid => child.Pid;

    public string? Version => _packaged ?? (_asked is { IsCompletedSuccessfully: true } asked ? asked.Result : null);

    public string LastWords
    {
        get
        {
            var end = child.Exited.IsCompletedSuccessfully ? $"pi ended with {child.Exited.Result}" : "pi is silent";
            return child.LastErrors is { Length: > 0 } errors ? $"{end}:\n{errors}" : end;
        }
    }

    public async ValueTask<ReadOnlyMemory<byte>?> ReadLineAsync(CancellationToken cancel)
    {
        _draining ??= DrainAsync();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, _drained.Token);
        try
        {
            if (await _lines.ReadAsync(either.Token) is { } line)
            {
                // Only now, so that the question does not slow down the start.
                if (_packaged is null)
                    _asked ??= askVersion(_ended.Token);
                return line;
            }
            await child.Exited.WaitAsync(ExitWait, time, either.Token);
            return null;
        }
        catch (TimeoutException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    public async ValueTask WriteLineAsync(ReadOnlyMemory<byte> line, CancellationToken cancel)
    {
        try
        {
            await child.Input.WriteAsync(line, cancel);
        }
        catch (ObjectDisposedException e)
        {
            throw new IOException("pi's input is closed.", e);
        }
    }

    public Task StopAsync(CancellationToken cancel) => child.StopAsync(cancel);

    public Task KillAsync() => child.KillAsync();

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await child.DisposeAsync();
        if (_asked is not null)
            await _asked;
        _ended.Dispose();
        if (_draining is not null)
            await _draining;
        _drained.Dispose();
    }

    private async Task DrainAsync()
    {
        await child.Gone;
        _drained.CancelAfter(DrainWait);
    }
}
