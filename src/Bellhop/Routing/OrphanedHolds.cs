using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bellhop.Routing;

/// <summary>At start, once: events that a rule held which was taken out of the configuration go on their way.</summary>
public sealed partial class OrphanedHolds(
    Holds holds,
    IHostApplicationLifetime application,
    ILogger<OrphanedHolds> logger
) : VitalLoop("Release of holds", application, logger)
{
    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken cancel)
    {
        var released = await holds.ReleaseOrphansAsync(cancel);
        if (released > 0)
            Log.Released(Logger, released);
    }

    private static partial class Log
    {
        [LoggerMessage(201, LogLevel.Information, "Released {Count} events that a rule held which is gone")]
        public static partial void Released(ILogger logger, int count);
    }
}
