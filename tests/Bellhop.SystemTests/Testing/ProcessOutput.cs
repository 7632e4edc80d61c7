using System.Diagnostics;

namespace Bellhop.SystemTests.Testing;

/// <summary>The last lines that a process said, read all the time so that it never waits for us.</summary>
internal sealed class ProcessOutput
{
    private const int MaxLines = 400;

    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = [];

    public ProcessOutput(Process process)
    {
        process.OutputDataReceived += (_, e) => Add(e.Data);
        process.ErrorDataReceived += (_, e) => Add(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public override string ToString()
    {
        lock (_lock)
            return string.Join('\n', _lines);
    }

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
    }
}
