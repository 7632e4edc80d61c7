using Bellhop.Events;
using Bellhop.Redis.Store;
using Bellhop.Store;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Store;

/// <summary>What every store must do, on a real server.</summary>
public abstract class RedisCompliance : EventStoreCompliance
{
    private protected RedisCompliance(RedisServer server) => Server = server;

    private protected RedisServer Server { get; }

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

[Trait("Needs", "server")]
public sealed class RedisEventStoreTests(RedisFixture fixture)
    : RedisCompliance(fixture.Server),
        IClassFixture<RedisFixture>;

[Trait("Needs", "server")]
public sealed class ValkeyEventStoreTests(ValkeyFixture fixture)
    : RedisCompliance(fixture.Server),
        IClassFixture<ValkeyFixture>;
