using System.Globalization;
using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Redis.Client;
using Bellhop.Redis.Store;
using Bellhop.Routing;
using Bellhop.Store;
using Microsoft.Extensions.Logging;

namespace Bellhop.Redis.Bus;

/// <summary>What a gateway on Redis is made with.</summary>
public sealed record RedisBusOptions
{
    /// <summary>The server.</summary>
    public required RedisEndpoint Endpoint { get; init; }

    /// <summary>What keys start with.</summary>
    public required string Prefix { get; init; }

    /// <summary>How long a silent gateway stays central. The default value is 15 s.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The gateway's folder, by which it knows itself after a restart.</summary>
    public required string Home { get; init; }

    /// <summary>pi, command, echo; null where no agent of ours serves central, so that terminals hold it.</summary>
    public string? Agent { get; init; }

    /// <summary>How long rows wait for a session that was never seen, before central gets them.</summary>
    public required Func<TimeSpan> AdoptAfter { get; init; }
}

/// <summary>
/// A gateway's side of a Redis that others may share: the store, the lease of central, and whether the server is there.
/// Nothing waits for the server to be there.
/// </summary>
public sealed class RedisBus : IAsyncDisposable
{
    /// <summary>The alarm while Redis does not serve us.</summary>
    public const string AwayAlarm = "redis";

    /// <summary>The alarm after everything in it vanished.</summary>
    public const string LossAlarm = "redis:data";

    /// <summary>An agent without a model makes way for a terminal.</summary>
    private const string Echo = "echo";

    private readonly Alarms _alarms;
    private readonly BusStore _store;
    private readonly CentralLease? _lease;
    private readonly bool _isMade;

    /// <summary>Begins to connect.</summary>
    public RedisBus(
        RedisBusOptions options,
        Alarms alarms,
        UlidFactory ulids,
        TimeProvider time,
        ILoggerFactory loggers
    )
    {
        (Options, _alarms) = (options, alarms);
        Keys = new BusKeys(options.Prefix);
        Dialer = new RedisDialer(options.Endpoint, Patience, time);
        Client = new RedisClient(
            Dialer,
            Patience,
            time,
            loggers.CreateLogger<RedisClient>(),
            new RedisHooks { OnHealth = _ => Tell() }
        );
        _store = new BusStore(
            (refused, cancel) => OpenAsync(refused, ulids, time, loggers, cancel),
            Tell,
            time,
            loggers.CreateLogger<BusStore>()
        );
        News = new SessionNews(Dialer, Keys, time, loggers.CreateLogger<SessionNews>());
        if (options.Agent is { } agent)
            _lease = new CentralLease(
                Client,
                Keys,
                Self(options, agent, ulids, time),
                options.Lease,
                new LeaseRivals(Client, Keys, makesWay: agent == Echo),
                () => News.Next,
                time,
                loggers.CreateLogger<CentralLease>()
            );
        _isMade = true;
        Tell();
    }

    /// <summary>The store; before the server answered it says that it is away.</summary>
    public IEventStore Store => _store;

    /// <summary>Who is central; nobody of us where no agent of ours serves it.</summary>
    public ICentral Central => _lease is { } lease ? lease : new TerminalsOnly(View);

    /// <summary>Why Redis does not serve us, with the mend; null while it does.</summary>
    public string? Problem => Client.Health is { IsUp: false, Problem: { } problem } ? problem : _store.Problem;

    /// <summary>What this gateway is among several.</summary>
    public CentralStatus? CentralStatus => _lease?.Status;

    internal static RedisClientOptions Patience { get; } = new();

    internal RedisBusOptions Options { get; }

    internal BusKeys Keys { get; }

    internal RedisClient Client { get; }

    internal IRedisDialer Dialer { get; }

    internal BusStore OpeningStore => _store;

    /// <summary>Ends with what broke the keeping of the lease; never where there is none to keep.</summary>
    internal Task LeaseEnded => _lease?.Ended ?? new TaskCompletionSource().Task;

    /// <summary>Only after the lanes have ended: the lease goes first, so that the next one need not wait.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_lease is not null)
            await _lease.DisposeAsync();
        await News.DisposeAsync();
        await _store.DisposeAsync();
        await Client.DisposeAsync();
    }

    /// <summary>Says when to look at the sessions.</summary>
    internal SessionNews News { get; }

    /// <summary>Who has central.</summary>
    internal CentralView View { get; } = new();

    /// <summary>Where terminals take central's events, these are handed over on its list too.</summary>
    private bool ServesCentral =>
        Options.Agent == Echo ? _lease!.IsHeld : _lease is not null && View.Seat != CentralSeat.Terminal;

    private static HolderRecord Self(RedisBusOptions options, string agent, UlidFactory ulids, TimeProvider time) =>
        new()
        {
            Host = Environment.MachineName,
            Pid = Environment.ProcessId,
            StartedAt = time.GetUtcNow(),
            Home = options.Home,
            Kind = "bellhop",
            Agent = agent,
            Nonce = string.Create(CultureInfo.InvariantCulture, $"{ulids.Next()}"),
        };

    private Task<RedisEventStore> OpenAsync(
        Action<string?> refused,
        UlidFactory ulids,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancel
    ) =>
        RedisEventStore.OpenAsync(
            Options.Endpoint,
            new RedisStoreOptions
            {
                Prefix = Options.Prefix,
                Served = () => ServesCentral ? [SessionId.Gateway] : [],
                Fence = () => _lease?.Fence,
                Term = () => _lease is { IsHeld: true } ? _lease.Fence : null,
                DataLost = message => _alarms.Raise(LossAlarm, message),
                Refused = refused,
            },
            time,
            ulids,
            loggers.CreateLogger<RedisEventStore>(),
            cancel
        );

    /// <summary>One alarm, whatever is wrong; its words are those of the first thing that was.</summary>
    private void Tell()
    {
        // Told by loops of parts that are made while this one is: then there is nothing to say yet.
        if (_isMade && Problem is { } problem)
            _alarms.Raise(
                AwayAlarm,
                $"{problem.TrimEnd('.')}. Events are taken and kept on this machine's disk meanwhile; nothing is delivered."
            );
        else if (_isMade)
            _alarms.Clear(AwayAlarm);
    }

    private sealed class TerminalsOnly(CentralView view) : ICentral
    {
        public bool IsHeld => false;

        public Task<CentralTerm> TermAsync(CancellationToken cancel) =>
            new TaskCompletionSource<CentralTerm>().Task.WaitAsync(cancel);

        public Task MayDecideAsync(CancellationToken cancel) => view.WithoutGatewayAsync(cancel);
    }
}
