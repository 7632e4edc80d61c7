using Bellhop.Agents;
using Bellhop.Cli.Setup;
using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Redis.Bus;
using Bellhop.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bellhop.Cli.Hosting;

/// <summary>A Redis that others may share, and this machine's disk for the time in which it is away.</summary>
internal sealed class SharedBus : IBus
{
    private readonly RedisBus _bus;
    private readonly AwaySpool _spool;
    private readonly BusOptions _options;

    /// <summary>Begins to connect; waits for nothing.</summary>
    public SharedBus(
        Home home,
        LiveOptions options,
        AgentFactory agents,
        Alarms alarms,
        UlidFactory ulids,
        ILoggerFactory loggers,
        TimeProvider time
    )
    {
        _options = options.Now.Bus;
        _spool = new AwaySpool(home);
        _bus = new RedisBus(
            new RedisBusOptions
            {
                Endpoint = _options.Redis!,
                Prefix = _options.Prefix,
                Lease = _options.Lease,
                Home = home.Folder,
                Agent = agents.Kind == AgentKind.None ? null : agents.Kind.ToString().ToLowerInvariant(),
                AdoptAfter = () => options.Now.Routing.AdoptAfter,
            },
            alarms,
            ulids,
            time,
            loggers
        );
    }

    public IEventStore Store => _bus.Store;

    public BusStatus Status =>
        new("redis", null, _options.Prefix)
        {
            Url = _options.Redis!.ToString(),
            Role = _bus.CentralStatus?.Role.ToString().ToLowerInvariant(),
            Central = _bus.CentralStatus?.Holder,
            Problem = _bus.Problem,
            Spooled = _spool.Waiting,
        };

    public void AddTo(IServiceCollection services) =>
        services.AddSingleton(_spool).AddSingleton<IEventSpool>(_spool).AddBellhopBus(_bus);

    /// <summary>Redis may be away for now; what it knows is read when it is there.</summary>
    public Task LoadAsync(IServiceProvider services, CancellationToken cancel) => Task.CompletedTask;

    public ValueTask DisposeAsync() => _bus.DisposeAsync();
}
