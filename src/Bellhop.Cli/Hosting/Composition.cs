using Bellhop.Agents;
using Bellhop.Channels.Http;
using Bellhop.Cli.Setup;
using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Lanes;
using Bellhop.Permissions;
using Bellhop.Redis.Listener;
using Bellhop.Routing;
using Bellhop.Store;
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
        LiveOptions options,
        Addresses addresses,
        ListenSockets sockets,
        IBus bus,
        AgentFactory agents,
        Alarms alarms,
        UlidFactory ulids,
        ILoggerFactory loggers,
        TimeProvider time,
        CancellationToken cancel
    )
    {
        var registry = new SessionRegistry(bus.Store);
        await LoadAsync(registry, cancel);
        var http = new HttpChannelOptions
        {
            TokenFile = home.Token,
            SocketPath = home.Socket,
            AllowedHosts = () => options.Now.AllowedHosts,
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
            .AddSingleton(alarms)
            .AddStore(bus, options)
            .AddRouting(registry, home, options)
            .AddLanes(agents, options)
            .AddDiagnostics(addresses, bus, options)
            .AddBellhopHttp(http)
            .AddInlineSockets();
        bus.AddTo(builder.Services);
        builder.Services.Configure<SocketTransportOptions>(s => s.CreateBoundListenSocket = sockets.HandOver);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, addresses, http));
        var app = builder.Build();
        app.MapBellhop();
        await bus.LoadAsync(app.Services, cancel);
        return app;
    }

    /// <summary>What the last run knew; where the store is away, whoever keeps the connection reads it later.</summary>
    private static async Task LoadAsync(SessionRegistry registry, CancellationToken cancel)
    {
        try
        {
            await registry.LoadAsync(cancel);
        }
        catch (StoreException e) when (e.IsAway)
        {
            return; // the session watch of the bus
        }
    }

    private static void Listen(KestrelServerOptions kestrel, Addresses addresses, HttpChannelOptions http)
    {
        KestrelLimits.Apply(kestrel, http);
        kestrel.Listen(addresses.Http);
        kestrel.ListenUnixSocket(http.SocketPath!);
        if (addresses.Resp.Endpoint is { } resp)
            kestrel.Listen(resp, endpoint => endpoint.UseConnectionHandler<RespConnectionHandler>());
    }

    private static IServiceCollection AddStore(this IServiceCollection services, IBus bus, LiveOptions options) =>
        services
            .AddSingleton(bus.Store)
            .AddHostedService(s => ActivatorUtilities.CreateInstance<RetentionLoop>(s, () => options.Now.Keep))
            .AddHostedService<IdleTrim>();

    private static IServiceCollection AddRouting(
        this IServiceCollection services,
        SessionRegistry registry,
        Home home,
        LiveOptions options
    ) =>
        services
            .AddSingleton(registry)
            .AddSingleton<EventReader>()
            .AddSingleton<Func<RoutingOptions>>(() => options.Now.Routing)
            .AddSingleton<Router>()
            .AddSingleton<Holds>()
            .AddSingleton<Inbox>()
            .AddSingleton<Intake>()
            .AddSingleton(home)
            .AddSingleton<TerminalLeases>()
            .AddHostedService<SpoolIntake>()
            .AddHostedService(s => ActivatorUtilities.CreateInstance<OrphanedHolds>(s, () => options.NextChange))
            .AddHostedService(s =>
                ActivatorUtilities.CreateInstance<AdoptionLoop>(s, () => options.Now.Routing.AdoptAfter)
            );

    private static IServiceCollection AddLanes(
        this IServiceCollection services,
        AgentFactory agents,
        LiveOptions options
    ) =>
        services
            .AddSingleton<Func<LaneOptions>>(() => LaneOptionsOf(options.Now))
            .AddSingleton(_ => agents)
            .AddSingleton<IReadOnlyDictionary<SessionId, IAgent>>(s => AgentsOf(s.GetRequiredService<AgentFactory>()))
            .AddSingleton(s =>
                ActivatorUtilities.CreateInstance<SessionHolds>(
                    s,
                    s.GetRequiredService<AgentFactory>().Kind == AgentKind.Echo
                )
            )
            .AddSingleton<ISessionHolders>(s => s.GetRequiredService<SessionHolds>())
            .AddSingleton<ISessionHandover>(s => s.GetRequiredService<SessionHolds>())
            .AddSingleton<PermissionRequests>()
            .AddSingleton<LaneHost>()
            .AddSingleton<ILaneStatusSource>(s => s.GetRequiredService<LaneHost>());

    private static IServiceCollection AddDiagnostics(
        this IServiceCollection services,
        Addresses addresses,
        IBus bus,
        LiveOptions options
    ) =>
        services
            .AddSingleton<Readiness>()
            .AddSingleton(options)
            .AddSingleton<IConfigurationReload, ConfigurationReload>()
            .AddSingleton<ConfigurationWatch>()
            .AddHostedService(s => s.GetRequiredService<ConfigurationWatch>())
            .AddSingleton<StatusReporter>()
            .AddHostedService<AlarmReview>()
            .AddSingleton(s =>
            {
                var notices = Notices(addresses, s.GetRequiredService<AgentFactory>());
                return (Func<GatewayFacts>)(
                    () => new GatewayFacts(addresses.HttpUrl, bus.Status, [.. notices, .. Waiting(options)])
                );
            });

    private static LaneOptions LaneOptionsOf(BellhopOptions options) =>
        new()
        {
            TurnDeadline = options.Agent.TurnDeadline,
            PermissionTimeout = options.Agent.PermissionTimeout,
            Retry = options.Retry,
        };

    private static IEnumerable<string> Waiting(LiveOptions options) =>
        options.AtNextStart is { Count: > 0 } settings
            ? [$"{string.Join(", ", settings)}: changed in config.json, takes effect at the next start."]
            : [];

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
