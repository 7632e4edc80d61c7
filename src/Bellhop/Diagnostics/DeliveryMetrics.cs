using Bellhop.Events;
using Bellhop.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bellhop.Diagnostics;

/// <summary>Counts what the store reports. A turn is what lies between a session's first hand-over and its last end.</summary>
public sealed partial class DeliveryMetrics(
    IEventStore store,
    GatewayMetrics metrics,
    Alarms alarms,
    Readiness readiness,
    TimeProvider time,
    ILogger<DeliveryMetrics> logger
) : BackgroundService
{
    /// <summary>A reader that fell behind once would do so again at once.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<SessionId, Turn> _turns = [];

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        metrics.Observe(store, alarms, readiness);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var change in store.WatchAsync(stoppingToken))
                    See(change);
                return;
            }
            catch (StoreException e)
            {
                // The counts since are lost, which metrics can bear; turns under way cannot be timed any more.
                Log.Missed(logger, e.Message);
                _turns.Clear();
                await Task.Delay(Pause, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private void See(DeliveryChange change)
    {
        metrics.Moved(change.State);
        if (change.State == DeliveryState.Injecting)
        {
            if (!_turns.TryGetValue(change.Session, out var begun))
                _turns[change.Session] = begun = new Turn(change.At, []);
            begun.Deliveries.Add(change.Delivery);
        }
        else if (
            change.State != DeliveryState.Injected
            && _turns.TryGetValue(change.Session, out var turn)
            && turn.Deliveries.Remove(change.Delivery)
            && turn.Deliveries.Count == 0
        )
        {
            _turns.Remove(change.Session);
            metrics.TurnEnded(change.At - turn.Since);
        }
    }

    private sealed record Turn(DateTimeOffset Since, HashSet<long> Deliveries);

    private static partial class Log
    {
        [LoggerMessage(110, LogLevel.Warning, "Metrics missed some moves: {Why}")]
        public static partial void Missed(ILogger logger, string why);
    }
}
