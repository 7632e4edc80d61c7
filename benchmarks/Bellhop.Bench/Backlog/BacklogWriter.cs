using System.Diagnostics;
using Bellhop.Bench.Ingest;
using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Bench.Backlog;

/// <summary>Fills a store as a gateway that ran and stopped would leave it.</summary>
internal static class BacklogWriter
{
    private const int EventsPerAppend = 1000;

    /// <summary>Appends that many events and returns how long it took.</summary>
    public static async Task<TimeSpan> WriteAsync(string path, int count, TimeProvider time, CancellationToken cancel)
    {
        var ulids = new UlidFactory(time);
        var events = new BenchEvents(ulids, time);
        var start = Stopwatch.GetTimestamp();
        await using (var store = await StoreIngest.OpenAsync(path, ulids, time))
        {
            foreach (var chunk in Enumerable.Range(1, count).Chunk(EventsPerAppend))
            {
                var result = await store.AppendAsync([.. chunk.Select(events.Next)], cancel);
                if (result.Refusal != AppendRefusal.None)
                    throw new BenchException($"The store refused an event: {result.Refusal}.");
            }
        }
        return Stopwatch.GetElapsedTime(start);
    }
}
