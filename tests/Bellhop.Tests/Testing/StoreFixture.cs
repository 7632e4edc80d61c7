using Bellhop.Events;
using Bellhop.Store;
using Bellhop.Store.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Testing;

/// <summary>A real store in a folder of its own, with ways to wait for what happens in it.</summary>
internal sealed class StoreFixture : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bellhop-store-");

    private StoreFixture() { }

    public SqliteEventStore Store { get; private set; } = null!;

    public static async Task<StoreFixture> OpenAsync(TimeProvider time)
    {
        var fixture = new StoreFixture();
        var options = new SqliteStoreOptions { Path = Path.Combine(fixture._folder.FullName, "state.db") };
        fixture.Store = await SqliteEventStore.OpenAsync(
            options,
            time,
            new UlidFactory(time),
            NullLogger<SqliteEventStore>.Instance
        );
        return fixture;
    }

    public async Task<Receipt> FindAsync(Ulid key) =>
        (await Store.FindAsync(key.ToString(), CancellationToken.None)).ShouldNotBeNull();

    /// <summary>A new event for central; for <paramref name="unknown"/>, a session that was never seen, where one is named.</summary>
    public async Task<Event> AppendAsync(TimeProvider time, string? unknown = null)
    {
        var e = Make.Event(time);
        var added = unknown is null ? Make.New(e) : Make.NewForUnknown(e, Make.Session(unknown));
        await Store.AppendAsync([added], CancellationToken.None);
        return e;
    }

    public Task<Receipt> SettledAsync(Ulid key) => UntilAsync(key, receipt => receipt.IsSettled);

    /// <summary>Waits until the event's first delivery has come to a state for the n-th time.</summary>
    public Task<Receipt> ReachedAsync(Ulid key, DeliveryState state, int times = 1) =>
        UntilAsync(key, receipt => receipt.Deliveries[0].History.Count(h => h.State == state) >= times);

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task<Receipt> UntilAsync(Ulid key, Func<Receipt, bool> holds)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var changes = Store.WatchAsync(enough.Token).GetAsyncEnumerator();
        // Asked for before the first look, so that nothing falls between them.
        var next = changes.MoveNextAsync().AsTask();
        while (true)
        {
            var receipt = await FindAsync(key);
            if (holds(receipt))
            {
                await enough.CancelAsync();
                await Task.WhenAny(next);
                return receipt;
            }
            (await next).ShouldBeTrue();
            next = changes.MoveNextAsync().AsTask();
        }
    }
}
