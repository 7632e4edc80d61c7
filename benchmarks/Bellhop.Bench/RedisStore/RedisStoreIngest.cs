using System.Net;
using Bellhop.Bench.Ingest;
using Bellhop.Events;
using Bellhop.Redis.Client;
using Bellhop.Redis.Store;
using Bellhop.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Bench.RedisStore;

/// <summary>Into the store on Redis, in this process.</summary>
internal sealed class RedisStoreIngest : IIngest
{
    private RedisStoreIngest(RedisEventStore store, BenchEvents events) => (Store, Events) = (store, events);

    public RedisEventStore Store { get; }

    public BenchEvents Events { get; }

    public static async Task<RedisStoreIngest> StartAsync(IPEndPoint redis, TimeProvider time, CancellationToken cancel)
    {
        var ulids = new UlidFactory(time);
        var store = await RedisEventStore.OpenAsync(
            RedisEndpoint.Parse($"redis://{redis}"),
            new RedisStoreOptions(),
            time,
            ulids,
            NullLogger<RedisEventStore>.Instance,
            cancel
        );
        return new RedisStoreIngest(store, new BenchEvents(ulids, time));
    }

    public Task<Func<int, Task>> ConnectAsync(CancellationToken cancel) =>
        Task.FromResult<Func<int, Task>>(number => AppendAsync(number, cancel));

    public ValueTask DisposeAsync() => Store.DisposeAsync();

    private async Task AppendAsync(int number, CancellationToken cancel)
    {
        var result = await Store.AppendAsync([Events.Next(number)], cancel);
        if (result.Refusal != AppendRefusal.None)
            throw new BenchException($"The store refused an event: {result.Refusal}.");
    }
}
