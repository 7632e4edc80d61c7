using System.Collections.Concurrent;
using Bellhop.Events;
using Bellhop.Redis.Store;
using Bellhop.Store;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Store;

/// <summary>The server dies under load and comes back with what it had on disk.</summary>
[Trait("Needs", "server")]
public sealed class RedisDurabilityTests : IAsyncLifetime
{
    private const int Producers = 8;
    private const int Each = 150;
    private const int Rounds = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly RedisServer _server = new(
        RedisServer.Redis,
        "--appendonly",
        "yes",
        "--appendfsync",
        "always",
        "--save",
        ""
    );

    private readonly ConcurrentDictionary<Ulid, int> _accepted = [];
    private readonly ConcurrentDictionary<Ulid, int> _completed = [];
    private readonly SemaphoreSlim _progress = new(0);
    private int _refused;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task KillsOfTheServer_LoseNothingAcknowledgedAndRepeatNothing()
    {
        await using var store = await OpenAsync();
        var producing = Task.WhenAll(Enumerable.Range(0, Producers).Select(_ => ProduceAsync(store)));
        var consuming = ConsumeAsync(store);

        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < Producers * Each / (Rounds + 1); i++)
                (await _progress.WaitAsync(Patience, Cancel)).ShouldBeTrue();
            await _server.KillAsync();
            await _server.StartAgainAsync();
        }

        await producing.WaitAsync(Patience, Cancel);
        await consuming.WaitAsync(Patience, Cancel);
        _completed.Keys.Order(ByValue).ShouldBe(_accepted.Keys.Order(ByValue));
        _completed.Values.ShouldAllBe(times => times == 1);
        store.Counts.Unfinished.ShouldBe(0);
        foreach (var key in _accepted.Keys)
        {
            var delivery = (await store.FindAsync(key.ToString(), Cancel)).ShouldNotBeNull().Deliveries;
            delivery.ShouldHaveSingleItem().State.ShouldBe(DeliveryState.Completed);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{_refused} appends were refused and made again");
    }

    private static readonly Comparer<Ulid> ByValue = Comparer<Ulid>.Create((a, b) => a.Value.CompareTo(b.Value));

    private Task<RedisEventStore> OpenAsync() =>
        RedisEventStore.OpenAsync(
            _server.Endpoint,
            new RedisStoreOptions(),
            TimeProvider.System,
            new UlidFactory(TimeProvider.System),
            NullLogger<RedisEventStore>.Instance,
            Cancel
        );

    /// <summary>As a spool does: what is refused because Redis is away is given again with the same key.</summary>
    private async Task ProduceAsync(RedisEventStore store)
    {
        for (var i = 0; i < Each; i++)
        {
            var e = Make.Event(TimeProvider.System);
            while (!await TryAppendAsync(store, e))
                await Task.Yield();
            _accepted[e.Key] = 1;
            _progress.Release();
        }
    }

    private async Task<bool> TryAppendAsync(RedisEventStore store, Event e)
    {
        try
        {
            return (await store.AppendAsync([Make.New(e)], Cancel)).Refusal == AppendRefusal.None;
        }
        catch (StoreException away) when (away.IsAway)
        {
            Interlocked.Increment(ref _refused);
            await store.WhenUpAsync(Cancel).WaitAsync(Patience, Cancel);
            return false;
        }
    }

    private async Task ConsumeAsync(RedisEventStore store)
    {
        for (var completed = 0; completed < Producers * Each; )
        {
            var lease = await store.LeaseAsync(SessionId.Gateway, new BatchLimits(), Cancel);
            await store.InjectedAsync(lease.Turn, told: true, null, Cancel);
            await store.CompleteAsync(lease.Turn, [], null, Cancel);
            foreach (var delivery in lease.Deliveries)
                _completed.AddOrUpdate(delivery.Event.Key, 1, (_, times) => times + 1);
            completed += lease.Deliveries.Count;
        }
    }
}
