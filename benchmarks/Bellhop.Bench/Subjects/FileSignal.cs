using System.Diagnostics;

namespace Bellhop.Bench.Subjects;

internal static class FileSignal
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
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
