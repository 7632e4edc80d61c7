using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Redis.Listener;
using Bellhop.Routing;
using Bellhop.Store;
using Bellhop.Store.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Testing;

/// <summary>The listener and what it stands on, without lanes: what is pushed stays visible. Compiled into both test projects.</summary>
internal static class ListenerParts
{
    /// <summary>Adds the listener on a store that it opens in this folder.</summary>
    public static async Task<SqliteEventStore> AddListenerAsync(
        this IServiceCollection services,
        string folder,
        TimeProvider time,
        RespOptions? options,
        SqliteStoreOptions? storeOptions = null,
        SqliteEventStore? opened = null
    )
    {
        var path = Path.Combine(folder, "state.db");
        var ulids = new UlidFactory(time);
        var store =
            opened
            ?? await SqliteEventStore.OpenAsync(
                storeOptions is null
                    ? new SqliteStoreOptions { Path = path, MinFreeDisk = 0 }
                    : storeOptions with
                    {
                        Path = path,
                    },
                time,
                ulids,
                NullLogger<SqliteEventStore>.Instance
            );
        services
            .AddSingleton<IEventStore>(store)
            .AddSingleton(store.Keyspace)
            .AddSingleton(time)
            .AddSingleton(ulids)
            .AddSingleton<EventReader>()
            .AddSingleton<SessionRegistry>()
            .AddSingleton<ITerminalRecords, KeyspaceTerminalRecords>()
            .AddSingleton<TerminalLeases>()
            .AddHostedService<TerminalExpiry>()
            .AddSingleton<Router>()
            .AddSingleton<Inbox>()
            .AddSingleton<Readiness>()
            .AddBellhopResp(options ?? new RespOptions());
        return store;
    }
}
