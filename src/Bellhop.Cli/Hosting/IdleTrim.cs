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

    /// <summary>Bytes allocated since the process began. A test counts its own.</summary>
    internal Func<long> Allocated { get; init; } = () => GC.GetTotalAllocatedBytes();

    /// <summary>Gives memory back. A test only takes note.</summary>
    internal Action Collect { get; init; } =
        () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    protected override Task RoundAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var allocated = Allocated();
        if (allocated - _allocatedAtLast < WorthIt || store.Counts.Unfinished > 0)
            return Task.CompletedTask;
        Collect();
        _allocatedAtLast = allocated;
        return Task.CompletedTask;
    }
}
