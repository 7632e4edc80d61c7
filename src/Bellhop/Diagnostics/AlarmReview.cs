using Bellhop.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bellhop.Diagnostics;

/// <summary>Keeps the standing alarms true while nobody asks for the status: the log and the metrics tell of them too.</summary>
public sealed class AlarmReview(
    Alarms alarms,
    IEventStore store,
    Func<GatewayFacts> facts,
    TimeProvider time,
    IHostApplicationLifetime application,
    ILogger<AlarmReview> logger
) : PeriodicLoop("The review of alarms", Period, time, application, logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    /// <inheritdoc />
    protected override Task RoundAsync(DateTimeOffset now, CancellationToken cancel)
    {
        StandingAlarms.Review(alarms, store.Counts, facts().Bus);
        return Task.CompletedTask;
    }
}
