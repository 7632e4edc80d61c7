using Bellhop.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bellhop.Routing;

/// <summary>Gives central what waited too long for a session that was never seen.</summary>
/// <param name="store">Where the deliveries are.</param>
/// <param name="adoptAfter">How long an event waits for its session; asked in each round.</param>
/// <param name="time">The clock.</param>
/// <param name="application">Stopped when this loop breaks: events would wait for ever in silence.</param>
/// <param name="logger">Told of adoptions.</param>
public sealed partial class AdoptionLoop(
    IEventStore store,
    Func<TimeSpan> adoptAfter,
    TimeProvider time,
    IHostApplicationLifetime application,
    ILogger<AdoptionLoop> logger
) : PeriodicLoop("Adoption", () => Period(adoptAfter()), time, application, logger)
{
    // A tenth of the wait is early enough for whoever waits; more often would only wake an idle machine.
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <inheritdoc />
    protected override async Task RoundAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var adopted = await store.AdoptAsync(now - adoptAfter(), cancel);
        if (adopted > 0)
            Log.Adopted(Logger, adopted);
    }

    private static TimeSpan Period(TimeSpan adoptAfter) =>
        TimeSpan.FromTicks(Math.Clamp(adoptAfter.Ticks / 10, Shortest.Ticks, Longest.Ticks));

    private static partial class Log
    {
        [LoggerMessage(200, LogLevel.Information, "Central took {Count} events whose session never came")]
        public static partial void Adopted(ILogger logger, int count);
    }
}
