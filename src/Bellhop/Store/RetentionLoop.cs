using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bellhop.Store;

/// <summary>Deletes what ended long ago. Never anything unfinished, never a dead letter that nobody put away.</summary>
/// <param name="store">Where the events are.</param>
/// <param name="keep">How long what ended is kept; asked in each round.</param>
/// <param name="time">The clock.</param>
/// <param name="application">Stopped when this loop breaks: the file would grow without end.</param>
/// <param name="logger">Told of deletions.</param>
public sealed partial class RetentionLoop(
    IEventStore store,
    Func<TimeSpan> keep,
    TimeProvider time,
    IHostApplicationLifetime application,
    ILogger<RetentionLoop> logger
) : PeriodicLoop("Retention", Period, time, application, logger)
{
    /// <summary>Often enough that one round deletes little, seldom enough to cost nothing.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    /// <inheritdoc />
    protected override async Task RoundAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var before = now - keep();
        var deleted = await store.PurgeAsync(new Retention(before, before), cancel);
        if (deleted > 0)
            Log.Deleted(Logger, deleted);
    }

    private static partial class Log
    {
        [LoggerMessage(250, LogLevel.Information, "Deleted {Count} events that ended long ago")]
        public static partial void Deleted(ILogger logger, int count);
    }
}
