using System.Diagnostics;

namespace Bellhop.Bench.Report;

/// <summary>How long the disk takes to make a small write durable: the floor under every durable acknowledgement.</summary>
internal static class DiskSync
{
    private const int Writes = 200;

    public static TimeSpan Measure(string folder)
    {
        var path = Path.Combine(folder, "sync-probe");
        var page = new byte[4096];
        var times = new List<double>(Writes);
        // Written once before: a log that is used again does not grow, and growing costs the file system more.
        File.WriteAllBytes(path, new byte[Writes * page.Length]);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            file.Flush(flushToDisk: true);
            for (var i = 0; i < Writes; i++)
            {
                var start = Stopwatch.GetTimestamp();
                file.Write(page);
                file.Flush(flushToDisk: true);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }
        File.Delete(path);
        return TimeSpan.FromMilliseconds(Statistics.Median(times));
    }
}
