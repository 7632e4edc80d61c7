using Bellhop.Events;
using Bellhop.Redis.Store;
using Bellhop.Store;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Store;

/// <summary>What every store must do, on a real server.</summary>
public abstract class RedisCompliance : EventStoreCompliance
{
    private protected abstract RedisServer Server { get; }

    public override async ValueTask InitializeAsync()
    {
        await Server.CallAsync("FLUSHALL");
        await base.InitializeAsync();
    }

    protected override async Task<IEventStore> OpenAsync(long maxUnfinished = 2_000_000) =>
        await RedisEventStore.OpenAsync(
            Server.Endpoint,
            new RedisStoreOptions { MaxUnfinished = maxUnfinished },
            Time,
            new UlidFactory(Time),
            NullLogger<RedisEventStore>.Instance,
            Cancel
        );

    /// <summary>The gateway keeps nothing of its own: it is gone when its connections are.</summary>
    protected override async Task CrashAsync()
    {
        await Server.CallAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        await Store.DisposeAsync();
    }
}

public sealed class RedisEventStoreTests : RedisCompliance, IClassFixture<RedisEventStoreTests.Fixture>
{
    private readonly Fixture _server;

    public RedisEventStoreTests(Fixture server) => _server = server;

    private protected override RedisServer Server => _server.Server;

    public sealed class Fixture : IAsyncLifetime
    {
        internal RedisServer Server { get; } = new(RedisServer.Redis);

        public ValueTask InitializeAsync() => Server.InitializeAsync();

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
