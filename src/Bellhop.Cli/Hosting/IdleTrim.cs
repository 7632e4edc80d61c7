using Bellhop.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bellhop.Cli.Hosting;

/// <summary>
/// Gives memory back to the machine once the work is done: a gateway is idle for most of its life, and what a burst left
/// on the heap would stay resident until the next one.
/// </summary>
internal sealed class IdleTrim(
    IEventStore store,
    TimeProvider time,
    IHostApplicationLifetime application,
    ILogger<IdleTrim> logger
) : PeriodicLoop("The memory trim", Period, time, application, logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(20);

    // Less than this is not worth the collection's 10 ms.
    private const long WorthIt = 2 * 1024 * 1024;

    private long _allocatedAtLast;

    protected override Task RoundAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var allocated = GC.GetTotalAllocatedBytes();
        if (allocated - _allocatedAtLast < WorthIt || store.Counts.Unfinished > 0)
            return Task.CompletedTask;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _allocatedAtLast = allocated;
        return Task.CompletedTask;
    }
}
