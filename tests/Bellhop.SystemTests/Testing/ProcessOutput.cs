using System.Diagnostics;

namespace Bellhop.SystemTests.Testing;

/// <summary>The last lines that a process said, read all the time so that it never waits for us.</summary>
internal sealed class ProcessOutput : IDisposable
{
    private const int MaxLines = 400;

    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = [];
    private readonly SemaphoreSlim _more = new(0);

    public ProcessOutput(Process process)
    {
        process.OutputDataReceived += (_, e) => Add(e.Data);
        process.ErrorDataReceived += (_, e) => Add(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Returns when a line holds these words; fails with all lines when none does in time.</summary>
    public async Task ContainsAsync(string words)
    {
        using var limit = new CancellationTokenSource(Wait.Patience, TimeProvider.System);
        while (!ToString().Contains(words))
        {
            try
            {
                await _more.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException e)
            {
                throw new TimeoutException($"Waited in vain for '{words}' in:\n{this}", e);
            }
        }
    }

    public override string ToString()
    {
        lock (_lock)
            return string.Join('\n', _lines);
    }

    public void Dispose() => _more.Dispose();

    private void Add(string? line)
    {
        if (line is null)
            return;
        lock (_lock)
        {
            _lines.Enqueue(line);
            if (_lines.Count > MaxLines)
                _lines.Dequeue();
        }
        _more.Release();
    }
}
