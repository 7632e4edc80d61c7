using System.Diagnostics;

namespace Bellhop.Bench.Subjects;

/// <summary>A process that a bench started. Its words are kept for the moment something goes wrong.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int KeptLines = 40;
    private static readonly TimeSpan KillTime = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Queue<string> _lines = new();
    private readonly Lock _lock = new();

    private ChildProcess(Process process, long startedAt)
    {
        _process = process;
        StartedAt = startedAt;
        process.OutputDataReceived += (_, e) => Keep(e.Data);
        process.ErrorDataReceived += (_, e) => Keep(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Just before it was started, in ticks of the monotonic clock.</summary>
    public long StartedAt { get; }

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The last lines it said.</summary>
    public string Words
    {
        get
        {
            lock (_lock)
                return string.Join('\n', _lines);
        }
    }

    public static ChildProcess Start(
        IReadOnlyList<string> command,
        string folder,
        IReadOnlyDictionary<string, string> environment
    )
    {
        var info = new ProcessStartInfo(command[0])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in command.Skip(1))
            info.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            info.Environment[name] = value;
        var startedAt = Stopwatch.GetTimestamp();
        var process =
            Process.Start(info) ?? throw new BenchException($"'{Path.GetFileName(command[0])}' did not start.");
        return new ChildProcess(process, startedAt);
    }

    /// <summary>Runs a command to its end and returns how long that took. A failure is the bench's failure.</summary>
    public static async Task<TimeSpan> RunAsync(
        IReadOnlyList<string> command,
        string folder,
        IReadOnlyDictionary<string, string> environment,
        CancellationToken cancel
    )
    {
        await using var child = Start(command, folder, environment);
        await child._process.WaitForExitAsync(cancel);
        var took = Stopwatch.GetElapsedTime(child.StartedAt);
        return child._process.ExitCode == 0
            ? took
            : throw new BenchException($"'{Path.GetFileName(command[0])}' failed: {child.Words}");
    }

    /// <summary>Kills this process alone, at once, as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(KillTime);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync().WaitAsync(KillTime);
        }
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_lock)
        {
            _lines.Enqueue(line);
            if (_lines.Count > KeptLines)
                _lines.Dequeue();
        }
    }
}
