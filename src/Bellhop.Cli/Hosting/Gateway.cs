using Bellhop.Agents;
using Bellhop.Cli.Setup;
using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Lanes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bellhop.Cli.Hosting;

/// <summary>All parts together: opened in the order that makes it ready soonest, stopped in the order that loses nothing.</summary>
internal sealed class Gateway : IAsyncDisposable
{
    /// <summary>pi is up within a second or two, under load within five; the rest of the banner does not wait for ever.</summary>
    private static readonly TimeSpan AgentPatience = TimeSpan.FromSeconds(10);

    private readonly Home _home;
    private readonly IBus _bus;
    private readonly ListenSockets _sockets;
    private readonly WebApplication _app;
    private readonly LaneHost _lanes;
    private readonly Readiness _readiness;
    private readonly ConfigurationWatch _configuration;

    private Gateway(Home home, IBus bus, ListenSockets sockets, WebApplication app)
    {
        (_home, _bus, _sockets, _app) = (home, bus, sockets, app);
        _lanes = app.Services.GetRequiredService<LaneHost>();
        _readiness = app.Services.GetRequiredService<Readiness>();
        _configuration = app.Services.GetRequiredService<ConfigurationWatch>();
        // It counts the time since it was made.
        app.Services.GetRequiredService<StatusReporter>();
    }

    /// <summary>Where it is and what a person should know of it.</summary>
    public GatewayFacts Facts => _app.Services.GetRequiredService<Func<GatewayFacts>>()();

    /// <summary>
    /// Who answers, and how it is: after its first word, or after a while without one. An agent that cannot work is the
    /// first thing a person should read.
    /// </summary>
    public async Task<LaneStatus?> AgentAsync(TimeProvider time, CancellationToken cancel)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var patience = Task.Delay(AgentPatience, time, enough.Token);
        await Task.WhenAny(_lanes.Begun, patience);
        await enough.CancelAsync();
        return _lanes.Lanes is [var lane, ..] ? lane : null;
    }

    /// <summary>Takes the addresses, opens the bus and composes the rest. Nothing is accepted yet; who connects waits.</summary>
    public static async Task<Gateway> OpenAsync(
        Home home,
        LiveOptions options,
        ILoggerProvider logs,
        TimeProvider time,
        CancellationToken cancel
    )
    {
        var sockets = new ListenSockets();
        IBus? bus = null;
        try
        {
            var addresses = await Addresses.TakeAsync(home, options.Now, sockets, cancel);
            var loggers = LoggerFactory.Create(l => l.SetMinimumLevel(LogLevel.Trace).AddProvider(logs));
            var ulids = new UlidFactory(time);
            var agents = new AgentFactory(options.Now.Agent, time, loggers);
            var alarms = new Alarms(time, loggers.CreateLogger<Alarms>());
            bus = options.Now.Bus.Redis is null
                ? await EmbeddedBus.OpenAsync(home, options.Now.Bus, addresses, ulids, loggers, time)
                : new SharedBus(home, options, agents, alarms, ulids, loggers, time);
            var app = await Composition.BuildAsync(
                home,
                options,
                addresses,
                sockets,
                bus,
                agents,
                alarms,
                ulids,
                loggers,
                time,
                cancel
            );
            return new Gateway(home, bus, sockets, app);
        }
        catch
        {
            sockets.Dispose();
            if (bus is not null)
                await bus.DisposeAsync();
            throw;
        }
    }

    /// <summary>From here on events are accepted. The lanes begin to work after that: nobody who pushes waits for an agent.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        await _app.StartAsync(cancel);
        _readiness.Enter(GatewayPhase.Ready);
        RunFiles.Announce(_home, Facts);
        await _lanes.StartAsync(cancel);
    }

    /// <summary>Reads the configuration again.</summary>
    public void Reload() => _configuration.Read();

    /// <summary>Waits for the signal, then stops in order. False when a part stopped the gateway instead.</summary>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        var end = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var told = stop.Register(() => end.TrySetResult(true));
        using var broken = _app.Lifetime.ApplicationStopping.Register(() => end.TrySetResult(false));
        var wasTold = await end.Task;
        await StopAsync();
        return wasTold;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _lanes.Dispose();
        await _bus.DisposeAsync();
        _sockets.Dispose();
        RunFiles.Withdraw(_home);
    }

    /// <summary>Nothing more comes in while the turns under way get their time; each bounds itself.</summary>
    private async Task StopAsync()
    {
        _readiness.Enter(GatewayPhase.Stopping);
        var drained = _lanes.StopAsync(CancellationToken.None);
        await _app.StopAsync(CancellationToken.None);
        await drained;
    }
}
