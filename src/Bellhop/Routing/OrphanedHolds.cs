using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bellhop.Routing;

/// <summary>
/// At start, once: events that a rule held which was taken out of the configuration go on their way. Where several
/// gateways share a bus the rules of the one that is central count, so the others wait until they are.
/// </summary>
public sealed partial class OrphanedHolds(
    Holds holds,
    ICentral central,
    TimeProvider time,
    IHostApplicationLifetime application,
    ILogger<OrphanedHolds> logger
) : VitalLoop("Release of holds", application, logger)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken cancel)
    {
        while (!await TryReleaseAsync(cancel))
            await Task.Delay(Retry, time, cancel);
    }

    private async Task<bool> TryReleaseAsync(CancellationToken cancel)
    {
        await central.TermAsync(cancel);
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
