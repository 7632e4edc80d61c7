using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Store;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Diagnostics;

public sealed class DeliveryMetricsTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private readonly FakeEventStore _store = new();
    private readonly GatewayMetrics _metrics = new();
    private readonly PrometheusText _text;
    private readonly DeliveryMetrics _watcher;

    public DeliveryMetricsTests()
    {
        var alarms = new Alarms(_time, NullLogger<Alarms>.Instance);
        var logger = NullLogger<DeliveryMetrics>.Instance;
        _text = new PrometheusText(_metrics);
        _watcher = new DeliveryMetrics(_store, _metrics, alarms, new Readiness(), _time, logger);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _watcher.StartAsync(Cancel);
        await _store.SomebodyWatchesAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _watcher.StopAsync(CancellationToken.None);
        _watcher.Dispose();
        _text.Dispose();
        _metrics.Dispose();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Turn_OfTwoDeliveries_IsTimedOnceFromHandOverToLastEnd()
    {
        var key = new UlidFactory(_time).Next();
        await PushAsync(key, "a");
        await PushAsync(key, "b");
        foreach (var id in (string[])["a", "b"])
            _store.Move(id, DeliveryState.Injecting, _time.GetUtcNow());
        _store.Move("a", DeliveryState.Completed, _time.GetUtcNow().AddSeconds(3));
        _store.Move("b", DeliveryState.Completed, _time.GetUtcNow().AddSeconds(4));
        await DrainAsync();

        var text = _text.Print();
        text.ShouldContain("bellhop_deliveries_total{state=\"completed\"} 2\n");
        text.ShouldContain("bellhop_turn_seconds_bucket{le=\"2.5\"} 0\n");
        text.ShouldContain("bellhop_turn_seconds_bucket{le=\"5\"} 1\n");
        text.ShouldContain("bellhop_turn_seconds_bucket{le=\"+Inf\"} 1\n");
        text.ShouldContain("bellhop_turn_seconds_sum 4\n");
        text.ShouldContain("bellhop_turn_seconds_count 1\n");
        text.ShouldContain("# TYPE bellhop_turn_seconds histogram\n");
    }

    [Fact]
    public async Task Watch_FellBehind_GoesOnCounting()
    {
        _store.EndWatchers(new StoreException("behind"));
        await _time.SomebodySleepsAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        await _store.SomebodyWatchesAsync(Cancel);
        await PushAsync(new UlidFactory(_time).Next(), "a");
        await DrainAsync();
        _text.Print().ShouldContain("bellhop_deliveries_total{state=\"queued\"} 1\n");
    }

    /// <summary>The feed's end is read after everything in it.</summary>
    private async Task DrainAsync()
    {
        _store.EndWatchers(null);
        await _watcher.ExecuteTask!;
    }

    private async Task PushAsync(Ulid key, string id)
    {
        var e = new Event
        {
            Key = key,
            Id = id,
            Type = "t",
            Source = "s",
            ArrivedAt = _time.GetUtcNow(),
            Body = "{}"u8.ToArray(),
        };
        await _store.AppendAsync([new NewEvent(e, [new Target(SessionId.Gateway)])], Cancel);
    }
}
