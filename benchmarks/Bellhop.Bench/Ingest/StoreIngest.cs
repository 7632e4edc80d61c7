using Bellhop.Events;
using Bellhop.Store;
using Bellhop.Store.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Bench.Ingest;

/// <summary>Straight into the embedded store, in this process.</summary>
internal sealed class StoreIngest : IIngest
{
    private readonly SqliteEventStore _store;
    private readonly BenchEvents _events;

    private StoreIngest(SqliteEventStore store, BenchEvents events) => (_store, _events) = (store, events);

    public static async Task<StoreIngest> StartAsync(string path, TimeProvider time)
    {
        var ulids = new UlidFactory(time);
        return new StoreIngest(await OpenAsync(path, ulids, time), new BenchEvents(ulids, time));
    }

    public static Task<SqliteEventStore> OpenAsync(string path, UlidFactory ulids, TimeProvider time) =>
        SqliteEventStore.OpenAsync(
            new SqliteStoreOptions { Path = path },
            time,
            ulids,
            NullLogger<SqliteEventStore>.Instance
        );

    public Task<Func<int, Task>> ConnectAsync(CancellationToken cancel) =>
        Task.FromResult<Func<int, Task>>(number => AppendAsync(number, cancel));

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private async Task AppendAsync(int number, CancellationToken cancel)
    {
        var result = await _store.AppendAsync([_events.Next(number)], cancel);
        if (result.Refusal != AppendRefusal.None)
            throw new BenchException($"The store refused an event: {result.Refusal}.");
    }
}
