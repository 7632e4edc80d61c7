using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bellhop.Routing;

/// <summary>
/// At start and whenever the rules may have changed: events that a rule held which was taken out of the configuration go
/// on their way. Where several gateways share a bus the rules of the one that may decide count, so the others wait until
/// they may.
/// </summary>
/// <param name="holds">Lets go.</param>
/// <param name="central">Whose rules count.</param>
/// <param name="nextChange">Ends when the rules may differ from those at the time of the call.</param>
/// <param name="time">The clock.</param>
/// <param name="application">Stopped when this loop breaks: events would wait for ever in silence.</param>
/// <param name="logger">Told of what was let go.</param>
public sealed partial class OrphanedHolds(
    Holds holds,
    ICentral central,
    Func<Task> nextChange,
    TimeProvider time,
    IHostApplicationLifetime application,
    ILogger<OrphanedHolds> logger
) : VitalLoop("Release of holds", application, logger)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    // An event that was routed just before a change is written just after it; a write takes no longer than this.
    private static readonly TimeSpan Stragglers = TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            var changed = nextChange();
            await ReleaseAsync(cancel);
            await changed.WaitAsync(cancel);
            await ReleaseAsync(cancel);
            await Task.Delay(Stragglers, time, cancel);
        }
    }

    private async Task ReleaseAsync(CancellationToken cancel)
    {
        while (!await TryReleaseAsync(cancel))
            await Task.Delay(Retry, time, cancel);
    }

    private async Task<bool> TryReleaseAsync(CancellationToken cancel)
    {
        await central.MayDecideAsync(cancel);
        try
        {
            var released = await holds.ReleaseOrphansAsync(cancel);
            if (released > 0)
                Log.Released(Logger, released);
            return true;
        }
        catch (BellhopException e) when (e.IsPassing)
        {
            return false; // the store is away, which whoever keeps it says
        }
    }

    private static partial class Log
    {
        [LoggerMessage(201, LogLevel.Information, "Released {Count} events that a rule held which is gone")]
        public static partial void Released(ILogger logger, int count);
    }
}
