using Bellhop.Diagnostics;
using Bellhop.Redis.Commands;
using Bellhop.Redis.EventLists;
using Bellhop.Redis.Terminals;
using Bellhop.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Bellhop.Redis.Listener;

/// <summary>Puts the listener together.</summary>
public static class RespListenerServices
{
    /// <summary>
    /// Adds what <see cref="RespConnectionHandler"/> needs. The host brings <c>Inbox</c>, <c>EventReader</c>,
    /// <c>IEventStore</c>, <c>IKeyspace</c>, <c>SessionRegistry</c>, <c>Readiness</c>, <c>TerminalLeases</c>,
    /// <see cref="ISessionHolders"/> and a <see cref="TimeProvider"/>, starts hosted services once the store is open, and binds to loopback unless there is
    /// a password.
    /// </summary>
    public static IServiceCollection AddBellhopResp(this IServiceCollection services, RespOptions options)
    {
        services.TryAddSingleton<Intake>();
        services.TryAddSingleton<GatewayMetrics>();
        return services
            .AddSingleton(options)
            .AddSingleton<RespStatistics>()
            .AddClientState()
            .AddEventLists()
            .AddTerminals()
            .AddCommands()
            .AddSingleton(Server)
            .AddHostedService<NotifyFeed>();
    }

    private static IServiceCollection AddClientState(this IServiceCollection services) =>
        services
            .AddSingleton<KeyNames>()
            .AddSingleton<KeyListeners>()
            .AddSingleton<ClientRoster>()
            .AddSingleton<PubSub>()
            .AddSingleton<WrongPasswords>()
            .AddSingleton<CommandGate>();

    private static IServiceCollection AddEventLists(this IServiceCollection services) =>
        services
            .AddSingleton<SeenSessions>()
            .AddSingleton<RowLeases>()
            .AddSingleton<EventAppends>()
            .AddSingleton<EventLists.EventLists>()
            .AddSingleton<PlainLists>()
            .AddSingleton<ListMoves>();

    private static IServiceCollection AddTerminals(this IServiceCollection services) =>
        services
            .AddSingleton<LeaseKeys>()
            .AddSingleton<ReceiptList>()
            .AddSingleton<ITerminalCalls, ListenerTerminalCalls>();

    private static IServiceCollection AddCommands(this IServiceCollection services) =>
        services
            .AddSingleton<RedisInfo>()
            .AddSingleton<ICommandFamily, ConnectionCommands>()
            .AddSingleton<ICommandFamily, ClientCommands>()
            .AddSingleton<ICommandFamily, ServerCommands>()
            .AddSingleton<ICommandFamily, ListCommands>()
            .AddSingleton<ICommandFamily, ListMoveCommands>()
            .AddSingleton<ICommandFamily, KeyCommands>()
            .AddSingleton<ICommandFamily, ExpiryCommands>()
            .AddSingleton<ICommandFamily, SetCommands>()
            .AddSingleton<ICommandFamily, StringCommands>()
            .AddSingleton<ICommandFamily, PubSubCommands>()
            .AddSingleton<ICommandFamily, TransactionCommands>()
            .AddSingleton<ICommandFamily, ScriptCommands>()
            .AddSingleton<CommandTable>()
            .AddSingleton<CommandDispatcher>()
            // COMMAND tells the table it stands in, EXEC runs what it is run by.
            .AddSingleton(s => new Lazy<CommandTable>(s.GetRequiredService<CommandTable>))
            .AddSingleton(s => new Lazy<CommandDispatcher>(s.GetRequiredService<CommandDispatcher>));

    private static RespServer Server(IServiceProvider services) =>
        new(
            services.GetRequiredService<CommandDispatcher>(),
            services.GetRequiredService<ClientRoster>(),
            services.GetRequiredService<PubSub>(),
            services.GetRequiredService<RowLeases>(),
            services.GetRequiredService<LeaseKeys>(),
            services.GetRequiredService<KeyListeners>(),
            services.GetRequiredService<WrongPasswords>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<RespServer>>()
        );
}
