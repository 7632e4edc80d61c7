using Bellhop.Redis.Bridge;
using Bellhop.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bellhop.Redis.Bus;

/// <summary>Puts what works on a Redis into the program.</summary>
public static class BusServices
{
    /// <summary>
    /// Adds who is central and the loops that carry rows and receipts from Redis to the store. The host brings
    /// <c>Router</c>, <c>EventReader</c>, <c>SessionRegistry</c>, <c>GatewayMetrics</c> and a <see cref="TimeProvider"/>,
    /// registers the bus's store, and disposes of the bus after everything else.
    /// </summary>
    public static IServiceCollection AddBellhopBus(this IServiceCollection services, RedisBus bus) =>
        services
            .AddSingleton(bus)
            .AddSingleton<ICentral, SettledCentral>()
            .AddSingleton<ITerminalRecords, RedisTerminalRecords>()
            .AddSingleton<IHandoverRecords, RedisHandoverRecords>()
            .AddSingleton<ITerminalCalls, RedisTerminalCalls>()
            .AddSingleton<RowIntake>()
            .AddSingleton<ReceiptIntake>()
            .AddSingleton<Orphans>()
            .AddHostedService(s => new CentralWatch(
                bus.LeaseEnded,
                s.GetRequiredService<IHostApplicationLifetime>(),
                s.GetRequiredService<ILogger<CentralWatch>>()
            ))
            .AddHostedService<RowTaps>()
            .AddHostedService<ReceiptTap>()
            .AddHostedService<SessionWatch>();
}
