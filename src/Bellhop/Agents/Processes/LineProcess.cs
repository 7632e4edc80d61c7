namespace Bellhop.Agents.Processes;

/// <summary>A real agent that speaks in lines.</summary>
/// <param name="name">What it is called in messages.</param>
/// <param name="child">Its process.</param>
/// <param name="time">The clock of its waits.</param>
internal sealed class LineProcess(string name, ChildProcess child, TimeProvider time) : ILineProcess
{
    // pi 0.73.1 repeats a whole message in every piece of it, and all messages of a run at its end: megabytes are normal.
    private const int LineLimit = 32 * 1024 * 1024;

    // What may still lie in the pipe when it and all it started are dead; only a stranger can hold it open for longer.
    private static readonly TimeSpan DrainWait = TimeSpan.FromSeconds(1);

    private readonly LineReader _lines = new(child.Output, LineLimit);

    // Between the end of its output and its exit an agent still writes its session file.
    private static readonly TimeSpan ExitWait = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _drained = new(Timeout.InfiniteTimeSpan, time);
    private readonly CancellationTokenSource _ended = new();
    private readonly string? _version;
    private Task<string?>? _asked;
    private Task? _draining;

    public int Pid => child.Pid;

    /// <summary>What it says of itself: known from the start, or asked for once it has begun to speak.</summary>
    public string? Version
    {
        get => _version ?? (_asked is { IsCompletedSuccessfully: true } asked ? asked.Result : null);
        init => _version = value;
    }

    /// <summary>Asks for a version that no file tells; null where there is nobody to ask.</summary>
    public Func<CancellationToken, Task<string?>>? AskVersion { get; init; }

    public string LastWords
    {
        get
        {
            var end = child.Exited.IsCompletedSuccessfully
                ? $"{name} ended with {child.Exited.Result}"
                : $"{name} is silent";
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
                if (_version is null)
                    _asked ??= AskVersion?.Invoke(_ended.Token);
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

    public ValueTask WriteLineAsync(ReadOnlyMemory<byte> line, CancellationToken cancel) =>
        child.Input.WriteAsync(line, cancel);

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
