using System.Diagnostics;

namespace Bellhop.Bench.Subjects;

internal static class FileSignal
{
    /// <summary>The peer drains its whole list before it calls itself started.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits for the file by which a process says that it is ready.</summary>
    public static async Task WaitAsync(string path, ChildProcess process, CancellationToken cancel)
    {
        var start = Stopwatch.GetTimestamp();
        while (!File.Exists(path))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(start) > Patience)
                throw new BenchException($"The peer does not get ready: {process.Words}");
            await Task.Delay(BetweenLooks, TimeProvider.System, cancel);
        }
    }
}
