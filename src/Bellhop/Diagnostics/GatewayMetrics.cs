using System.Diagnostics.Metrics;
using Bellhop.Routing;
using Bellhop.Store;

namespace Bellhop.Diagnostics;

/// <summary>What is counted and measured, under the meter name <c>Bellhop</c>.</summary>
public sealed class GatewayMetrics : IDisposable
{
    private readonly Counter<long> _events;
    private readonly Counter<long> _moves;
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _turns;

    /// <summary>Starts counting.</summary>
    public GatewayMetrics()
    {
        _events = Meter.CreateCounter<long>("bellhop_events_total", null, "Events by door and outcome.");
        _moves = Meter.CreateCounter<long>(
            "bellhop_deliveries_total",
            null,
            "Moves of deliveries by the state reached."
        );
        _requests = Meter.CreateCounter<long>("bellhop_http_requests_total", null, "HTTP requests by status.");
        _turns = Meter.CreateHistogram<double>("bellhop_turn_seconds", "s", "Turns from hand-over to end.");
    }

    /// <summary>The meter, for whoever listens to ours only.</summary>
    public Meter Meter { get; } = new("Bellhop");

    /// <summary>Adds the gauges; they are read only when somebody looks.</summary>
    public void Observe(IEventStore store, Alarms alarms, Readiness readiness)
    {
        Meter.CreateObservableGauge("bellhop_unfinished", () => store.Counts.Unfinished, null, "Deliveries not ended.");
        Meter.CreateObservableGauge("bellhop_dead", () => store.Counts.Dead, null, "Dead letters not put away.");
        Meter.CreateObservableGauge("bellhop_alarms", () => alarms.Open.Count, null, "Open alarms.");
        Meter.CreateObservableGauge(
            "bellhop_ready",
            () => readiness.IsReady ? 1 : 0,
            null,
            "1 while events are taken."
        );
    }

    /// <summary>A door took or refused events. <paramref name="door"/>: http, redis or spool.</summary>
    public void Took(string door, IntakeResult result)
    {
        var duplicates = result.Events.Count(e => e.Duplicate);
        Count(door, "refused", result.Fault is null ? 0 : 1);
        Count(door, "duplicate", duplicates);
        Count(door, "quarantined", result.Quarantined);
        Count(door, "accepted", result.Events.Count - duplicates - result.Quarantined);
    }

    /// <summary>An HTTP request was answered.</summary>
    public void Answered(int status) => _requests.Add(1, new KeyValuePair<string, object?>("status", status));

    internal void Moved(DeliveryState state) => _moves.Add(1, new KeyValuePair<string, object?>("state", state.Word()));

    internal void TurnEnded(TimeSpan took) => _turns.Record(took.TotalSeconds);

    /// <inheritdoc />
    public void Dispose() => Meter.Dispose();

    private void Count(string door, string outcome, int events)
    {
        if (events > 0)
            _events.Add(events, new("door", door), new("outcome", outcome));
    }
}
