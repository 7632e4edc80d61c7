using System.Diagnostics;

namespace Bellhop.Bench.Ingest;

/// <summary>A number of producers, each writing its next event when its last one was acknowledged.</summary>
internal static class IngestRun
{
    /// <summary>Until connections, caches and compiled code are as they will stay.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <summary>Acknowledged events a second, over all producers.</summary>
    public static async Task<double> MeasureAsync(
        IIngest ingest,
        int producers,
        TimeSpan length,
        CancellationToken cancel
    )
    {
        var writers = new List<Func<int, Task>>();
        for (var i = 0; i < producers; i++)
            writers.Add(await ingest.ConnectAsync(cancel));
        var start = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(
            writers.Select((write, i) => Task.Run(() => ProduceAsync(write, i, start, length, cancel), cancel))
        );
        return counts.Sum() / length.TotalSeconds;
    }

    private static async Task<int> ProduceAsync(
        Func<int, Task> write,
        int producer,
        long start,
        TimeSpan length,
        CancellationToken cancel
    )
    {
        var counted = 0;
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            await write(producer);
            var elapsed = Stopwatch.GetElapsedTime(start);
            if (elapsed > WarmUp + length)
                return counted;
            if (elapsed > WarmUp)
                counted++;
        }
    }
}
