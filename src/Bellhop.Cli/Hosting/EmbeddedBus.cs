using Bellhop.Cli.Setup;
using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Lanes;
using Bellhop.Redis.Listener;
using Bellhop.Routing;
using Bellhop.Store;
using Bellhop.Store.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bellhop.Cli.Hosting;

/// <summary>SQLite in the home, and the Redis protocol spoken by ourselves.</summary>
internal sealed class EmbeddedBus : IBus
{
    private readonly SqliteEventStore _store;
    private readonly BusOptions _options;
    private readonly Addresses _addresses;

    private EmbeddedBus(SqliteEventStore store, BusOptions options, Addresses addresses) =>
        (_store, _options, _addresses) = (store, options, addresses);

    public IEventStore Store => _store;

    public BusStatus Status =>
        new("embedded", _addresses.Resp.Endpoint?.ToString(), _options.Prefix) { Refusal = Refusal() };

    /// <summary>Opens the file.</summary>
    public static async Task<EmbeddedBus> OpenAsync(
        Home home,
        BusOptions options,
        Addresses addresses,
        UlidFactory ulids,
        ILoggerFactory loggers,
        TimeProvider time
    )
    {
        var store = await SqliteEventStore.OpenAsync(
            new SqliteStoreOptions { Path = home.Database, ClaimKeys = $"{options.Prefix}:claim:" },
            time,
            ulids,
            loggers.CreateLogger<SqliteEventStore>()
        );
        return new EmbeddedBus(store, options, addresses);
    }

    public void AddTo(IServiceCollection services) =>
        services
            .AddSingleton<IKeyspace>(_store.Keyspace)
            .AddSingleton<ICentral, SoleCentral>()
            .AddSingleton<ITerminalRecords, KeyspaceTerminalRecords>()
            .AddSingleton<IHandoverRecords, KeyspaceHandoverRecords>()
            .AddHostedService<TerminalExpiry>()
            .AddBellhopResp(new RespOptions { Prefix = _options.Prefix, Password = _options.Password?.Reveal() });

    public async Task LoadAsync(IServiceProvider services, CancellationToken cancel)
    {
        // In this order: whether a lane may begin depends on the terminals that were there.
        await services.GetRequiredService<TerminalLeases>().LoadAsync(cancel);
        await services.GetRequiredService<SessionHolds>().LoadAsync(cancel);
    }

    private string? Refusal()
    {
        try
        {
            return _store.HasRoom
                ? null
                : "Less than 512 MiB of disk is free, so every event is refused (BH-4291). Free disk space; Bellhop goes on by itself.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"The disk of the home cannot be asked for its room, so no event is accepted: {e.Message}";
        }
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
