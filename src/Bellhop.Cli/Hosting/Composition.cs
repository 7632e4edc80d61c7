using Bellhop.Agents;
using Bellhop.Channels.Http;
using Bellhop.Cli.Setup;
using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Lanes;
using Bellhop.Redis.Listener;
using Bellhop.Routing;
using Bellhop.Store;
using Bellhop.Store.Sqlite;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bellhop.Cli.Hosting;

/// <summary>Puts the parts together, in the direction events flow.</summary>
internal static class Composition
{
    /// <summary>What connections get to end by themselves; the lanes have their own time.</summary>
    private static readonly TimeSpan CloseBudget = TimeSpan.FromSeconds(3);

    /// <summary>Everything, not started.</summary>
    public static async Task<WebApplication> BuildAsync(
        Home home,
        BellhopOptions options,
        Addresses addresses,
        ListenSockets sockets,
        SqliteEventStore store,
        UlidFactory ulids,
        ILoggerFactory loggers,
        TimeProvider time,
        CancellationToken cancel
    )
    {
        var registry = new SessionRegistry(store);
        await registry.LoadAsync(cancel);
        var http = new HttpChannelOptions
        {
            TokenFile = home.Token,
            SocketPath = home.Socket,
            AllowedHosts = options.AllowedHosts,
        };
        // Empty: no configuration providers, no console log, no content root. The configuration is ours.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = CloseBudget);
        builder
            .Services.AddSingleton<IHostLifetime, NoLifetime>()
            .AddSingleton(loggers)
            .AddSingleton(time)
            .AddSingleton(ulids)
            .AddRoutingCore()
            .AddStore(store, options)
            .AddRouting(registry, home, options)
            .AddLanes(options)
            .AddDiagnostics(addresses, options)
            .AddBellhopHttp(http)
            .AddBellhopResp(new RespOptions { Prefix = options.Bus.Prefix, Password = options.Bus.Password?.Reveal() });
        builder.Services.Configure<SocketTransportOptions>(s => s.CreateBoundListenSocket = sockets.HandOver);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, addresses, http));
        var app = builder.Build();
        app.MapBellhop();
        // In this order: whether a lane may begin depends on the terminals that were there.
        await app.Services.GetRequiredService<TerminalLeases>().LoadAsync(cancel);
        await app.Services.GetRequiredService<SessionHolds>().LoadAsync(cancel);
        return app;
    }

    private static void Listen(KestrelServerOptions kestrel, Addresses addresses, HttpChannelOptions http)
    {
        KestrelLimits.Apply(kestrel, http);
        kestrel.Listen(addresses.Http);
        kestrel.ListenUnixSocket(http.SocketPath!);
        if (addresses.Resp.Endpoint is { } resp)
            kestrel.Listen(resp, endpoint => endpoint.UseConnectionHandler<RespConnectionHandler>());
    }

    private static IServiceCollection AddStore(
        this IServiceCollection services,
        SqliteEventStore store,
        BellhopOptions options
    ) =>
        services
            .AddSingleton<IEventStore>(_ => store)
            .AddSingleton<IKeyspace>(_ => store.Keyspace)
            .AddHostedService(s => ActivatorUtilities.CreateInstance<RetentionLoop>(s, options.Keep))
            .AddHostedService<IdleTrim>();

    private static IServiceCollection AddRouting(
        this IServiceCollection services,
        SessionRegistry registry,
        Home home,
        BellhopOptions options
    ) =>
        services
            .AddSingleton(registry)
            .AddSingleton<EventReader>()
            .AddSingleton<Router>()
            .AddSingleton<Inbox>()
            .AddSingleton<Intake>()
            .AddSingleton(home)
            .AddSingleton<ITerminalRecords, KeyspaceTerminalRecords>()
            .AddSingleton<TerminalLeases>()
            .AddHostedService<TerminalExpiry>()
            .AddHostedService<SpoolIntake>()
            .AddHostedService(s => ActivatorUtilities.CreateInstance<AdoptionLoop>(s, options.AdoptAfter));

    private static IServiceCollection AddLanes(this IServiceCollection services, BellhopOptions options) =>
        services
            .AddSingleton(new LaneOptions { TurnDeadline = options.Agent.TurnDeadline, Retry = options.Retry })
            .AddSingleton(options.Agent)
            .AddSingleton<AgentFactory>()
            .AddSingleton<IReadOnlyDictionary<SessionId, IAgent>>(s => AgentsOf(s.GetRequiredService<AgentFactory>()))
            .AddSingleton(s =>
                ActivatorUtilities.CreateInstance<SessionHolds>(
                    s,
                    s.GetRequiredService<AgentFactory>().Kind == AgentKind.Echo
                )
            )
            .AddSingleton<ISessionHolders>(s => s.GetRequiredService<SessionHolds>())
            .AddSingleton<ISessionHandover>(s => s.GetRequiredService<SessionHolds>())
            .AddSingleton<LaneHost>()
            .AddSingleton<ILaneStatusSource>(s => s.GetRequiredService<LaneHost>());

    private static IServiceCollection AddDiagnostics(
        this IServiceCollection services,
        Addresses addresses,
        BellhopOptions options
    ) =>
        services
            .AddSingleton<Readiness>()
            .AddSingleton<Alarms>()
            .AddSingleton<StatusReporter>()
            .AddSingleton(s =>
            {
                var notices = Notices(addresses, s.GetRequiredService<AgentFactory>());
                var bus = new BusStatus("embedded", addresses.Resp.Endpoint?.ToString(), options.Bus.Prefix);
                return (Func<GatewayFacts>)(() => new GatewayFacts(addresses.HttpUrl, bus, notices));
            });

    private static Dictionary<SessionId, IAgent> AgentsOf(AgentFactory factory) =>
        factory.Create(SessionId.Gateway.Value) is { } agent ? new() { [SessionId.Gateway] = agent } : [];

    /// <summary>What a person should know but need not mend at night.</summary>
    private static IReadOnlyList<string> Notices(Addresses addresses, AgentFactory agents) =>
        [
            .. new[]
            {
                addresses.Resp.Notice,
                agents.Notice,
                agents.Kind == AgentKind.None
                    ? "agent.kind is none: events wait until a terminal session takes them."
                    : null,
            }.OfType<string>(),
        ];

    /// <summary>Signals are <see cref="StopSignals"/>' matter; the framework's own lifetime would take them too.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
