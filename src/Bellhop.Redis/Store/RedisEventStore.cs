using Bellhop.Events;
using Bellhop.Redis.Client;
using Bellhop.Redis.Resp;
using Bellhop.Store;
using Microsoft.Extensions.Logging;

namespace Bellhop.Redis.Store;

/// <summary>
/// The store on a Redis 7 or Valkey that other gateways may share. Every change is one script, so it is made whole or not
/// at all; it is as durable as the server's own persistence makes it. While the server is away, appends and what people
/// ask for fail with <see cref="StoreException.IsAway"/>, and what lanes do waits for its return.
/// </summary>
public sealed class RedisEventStore : IEventStore
{
    /// <summary>Of the keys that this program writes. Raise it with every change that an older program would misread.</summary>
    internal const int SchemaVersion = 1;

    // Some milliseconds of the server's time, in which nobody else is served.
    private const int AdoptedAtOnce = 500;

    private readonly RedisStoreOptions _options;
    private readonly LanePlaces _lanes;
    private readonly StoreFeed _feed;
    private readonly RedisClient _redis;
    private readonly RedisSubscriber _hears;
    private readonly ScriptCalls _scripts;
    private readonly UlidFactory _ulids;
    private readonly Task _refreshing;
    private bool _disposed;

    private RedisEventStore(RedisStoreParts parts)
    {
        (_options, _ulids) = (parts.Options, parts.Ulids);
        _lanes = new LanePlaces(parts.Time);
        _feed = new StoreFeed(_options, _lanes);
        var patience = new RedisClientOptions { Name = "bellhop-store", IsQuiet = true };
        _redis = new RedisClient(parts.Dialer, patience, TimeProvider.System, parts.Logger);
        _hears = new RedisSubscriber(
            parts.Dialer,
            patience,
            [$"{_options.Prefix}:bellhop:moves"],
            (_, message) => _feed.Hear(message),
            _feed.LookAgain,
            TimeProvider.System,
            parts.Logger
        );
        _scripts = new ScriptCalls(_redis, _feed, _options, parts.Time, _ulids);
        _refreshing = Task.Run(RefreshAsync, CancellationToken.None);
    }

    /// <inheritdoc />
    public StoreCounts Counts => _feed.Counts.Snapshot();

    /// <summary>Whether the server serves us now, and since when; why not, with the mend.</summary>
    internal RedisHealth Health => _redis.Health;

    /// <summary>Ends when the server serves us.</summary>
    internal Task WhenUpAsync(CancellationToken cancel) => _redis.WhenUpAsync(cancel);

    /// <summary>Connects and finds the place, making it where there is none.</summary>
    /// <exception cref="StoreException">
    /// The events there are of a newer program; the server lacks something (it is named); or it cannot be reached
    /// (<see cref="StoreException.IsAway"/>).
    /// </exception>
    public static Task<RedisEventStore> OpenAsync(
        RedisEndpoint endpoint,
        RedisStoreOptions options,
        TimeProvider time,
        UlidFactory ulids,
        ILogger<RedisEventStore> logger,
        CancellationToken cancel
    )
    {
        var dialer = new RedisDialer(endpoint, new RedisClientOptions { Name = "bellhop-store" }, TimeProvider.System);
        return OpenAsync(new RedisStoreParts(dialer, options, time, ulids, logger), cancel);
    }

    /// <inheritdoc />
    public Task<AppendResult> AppendAsync(IReadOnlyList<NewEvent> events, CancellationToken cancel) =>
        AppendAsync(events, handOver: true, null, cancel);

    /// <inheritdoc />
    public async Task<TurnLease> LeaseAsync(SessionId session, BatchLimits limits, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, _scripts.Closing);
        using var place = _lanes.Enter(session);
        try
        {
            while (true)
            {
                place.Forget();
                var answer = await _scripts.RepeatableAsync(StoreScript.Lease, cancel, LeaseWords(session, limits));
                var (lease, due) = StoreReplies.Leased(answer, session);
                if (lease is not null)
                    return lease;
                await place.WaitAsync(due, stop.Token);
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new StoreException("The store was closed while the lane waited.");
        }
    }

    /// <inheritdoc />
    public Task InjectedAsync(Ulid turn, bool told, string? note, CancellationToken cancel) =>
        _scripts.ChangeAsync(StoreScript.Injected, cancel, turn.ToString(), told ? "1" : "0", Note.Clean(note));

    /// <inheritdoc />
    public Task CompleteAsync(Ulid turn, IReadOnlyList<Reply> replies, string? note, CancellationToken cancel) =>
        _scripts.ChangeAsync(
            StoreScript.Complete,
            cancel,
            turn.ToString(),
            ReplyJson.Write(replies),
            Note.Clean(note)
        );

    /// <inheritdoc />
    public async Task<FaultResult> FaultAsync(
        Ulid turn,
        TurnFault fault,
        string reason,
        RetryPolicy policy,
        CancellationToken cancel
    ) =>
        StoreReplies.Fault(
            await _scripts.ChangeAsync(
                StoreScript.Fault,
                cancel,
                turn.ToString(),
                fault switch
                {
                    TurnFault.Failed => "failed",
                    TurnFault.KilledAgent => "killed",
                    _ => "interrupted",
                },
                Note.Clean(reason),
                policy.MaxAttempts,
                policy.MaxKills,
                (long)policy.BaseDelay.TotalMilliseconds,
                (long)policy.MaxDelay.TotalMilliseconds
            )
        );

    /// <inheritdoc />
    public Task ReleaseAsync(Ulid turn, string note, bool forget, CancellationToken cancel) =>
        _scripts.ChangeAsync(StoreScript.Release, cancel, turn.ToString(), Note.Clean(note), forget ? "1" : "0");

    /// <inheritdoc />
    public async Task<IReadOnlyList<OpenTurn>> OpenTurnsAsync(SessionId session, CancellationToken cancel) =>
        StoreReplies.Turns(await _scripts.ReadAsync(StoreScript.Turns, cancel, session.Value), session);

    /// <inheritdoc />
    public async Task<Receipt?> FindAsync(string keyOrId, CancellationToken cancel) =>
        await _scripts.ReadAsync(StoreScript.Find, cancel, keyOrId, AsKey(keyOrId)) is RespAggregate found
            ? StoreReplies.Receipt(found)
            : null;

    /// <inheritdoc />
    public async Task<IReadOnlyList<DeliverySummary>> ListAsync(DeliveryQuery query, CancellationToken cancel)
    {
        if (query.Limit is < 1 or > 1_000)
            throw new StoreException($"A listing has 1 to 1,000 rows, not {query.Limit:N0}.");
        var page = new List<DeliverySummary>();
        for (var before = query.Before ?? 1L << 52; before > 0 && page.Count < query.Limit; )
        {
            var answer = await _scripts.ReadAsync(
                StoreScript.List,
                cancel,
                before,
                query.Session?.Value ?? "",
                (long)(query.State ?? 0),
                query.Limit - page.Count,
                query.HideDismissed ? "1" : "0"
            );
            before = StoreReplies.Number(StoreReplies.Items(answer)[0]);
            var rows = StoreReplies.Deliveries(StoreReplies.Items(answer).Skip(1));
            page.AddRange(rows.Select(d => d.Delivery.Summary(d.Event)));
        }
        return page;
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<SessionId>?> ReplayAsync(
        string keyOrId,
        SessionId? session,
        CancellationToken cancel
    ) =>
        StoreReplies.Replayed(
            await _scripts.ChangeAsync(
                StoreScript.Replay,
                cancel,
                keyOrId,
                AsKey(keyOrId),
                session?.Value ?? ""
            )
        );

    /// <inheritdoc />
    public async Task<int?> DismissAsync(string keyOrId, CancellationToken cancel) =>
        await _scripts.ChangeAsync(StoreScript.Dismiss, cancel, keyOrId, AsKey(keyOrId)) is RespBulk answer
        && answer.ToString() != "null"
            ? (int)StoreReplies.Number(answer)
            : null;

    /// <inheritdoc />
    public async Task<IReadOnlyList<WaitingRow>> WaitingAsync(
        SessionId session,
        int limit,
        long maxBytes,
        CancellationToken cancel
    ) => StoreReplies.Waiting(await _scripts.ReadAsync(StoreScript.Waiting, cancel, session.Value, limit, maxBytes));

    /// <inheritdoc />
    public async Task<DateTimeOffset?> OldestWaitingAsync(SessionId session, CancellationToken cancel) =>
        await _scripts.ReadAsync(StoreScript.Oldest, cancel, session.Value) is RespInteger oldest
            ? DateTimeOffset.FromUnixTimeMilliseconds(oldest.Value)
            : null;

    /// <inheritdoc />
    public Task<int> TakeAsync(IReadOnlyList<long> deliveries, string note, CancellationToken cancel) =>
        CountAsync(StoreScript.Take, cancel, [Note.Clean(note), .. deliveries.Select(d => (RedisArgument)d)]);

    /// <inheritdoc />
    public async Task<bool> ReportAsync(SessionId session, TerminalReport report, CancellationToken cancel) =>
        await CountAsync(
            StoreScript.Report,
            cancel,
            session.Value,
            report.KeyOrId,
            AsKey(report.KeyOrId),
            (long)report.State,
            report.Turn?.ToString() ?? "",
            Note.Clean(report.Note),
            report.Delivery is { } delivery ? delivery : ""
        ) > 0;

    /// <inheritdoc />
    public Task<int> AbandonAsync(SessionId session, string note, CancellationToken cancel) =>
        CountAsync(StoreScript.Abandon, cancel, session.Value, Note.Clean(note));

    /// <inheritdoc />
    public Task<int> JoinAsync(SessionId session, CancellationToken cancel) =>
        CountAsync(StoreScript.Join, cancel, session.Value);

    /// <inheritdoc />
    public Task LeaveAsync(SessionId session, CancellationToken cancel) =>
        CountAsync(StoreScript.Leave, cancel, session.Value);

    /// <inheritdoc />
    public async Task<IReadOnlyList<SessionRecord>> SessionsAsync(CancellationToken cancel) =>
        StoreReplies.Sessions(await _scripts.ReadAsync(StoreScript.Sessions, cancel));

    /// <inheritdoc />
    public Task<int> AdoptAsync(DateTimeOffset acceptedBefore, CancellationToken cancel) =>
        AllAsync(StoreScript.Adopt, cancel, acceptedBefore.ToUnixTimeMilliseconds());

    /// <inheritdoc />
    public async Task<int> AdoptAsync(SessionId session, string note, CancellationToken cancel) =>
        session.IsGateway
            ? throw new StoreException("Central adopts from others, not from itself.")
            : await AllAsync(StoreScript.AdoptSession, cancel, session.Value, Note.Clean(note));

    /// <inheritdoc />
    public async Task<int> PurgeAsync(Retention retention, CancellationToken cancel)
    {
        var purged = 0;
        for (long? after = 0; after is { } from; )
        {
            var answer = await _scripts.ChangeAsync(
                StoreScript.Purge,
                cancel,
                from,
                retention.EndedBefore.ToUnixTimeMilliseconds(),
                retention.DismissedBefore.ToUnixTimeMilliseconds()
            );
            (var events, after) = StoreReplies.Purged(answer);
            purged += events;
        }
        return purged;
    }

    /// <inheritdoc />
    public IAsyncEnumerable<DeliveryChange> WatchAsync(CancellationToken cancel) => _feed.Readers.WatchAsync(cancel);

    /// <summary>Lets the calls under way end and disconnects. Never deletes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        await _scripts.DisposeAsync();
        await _refreshing;
        await _hears.DisposeAsync();
        await _redis.DisposeAsync();
        _feed.Readers.Close();
    }

    internal static async Task<RedisEventStore> OpenAsync(RedisStoreParts parts, CancellationToken cancel)
    {
        var store = new RedisEventStore(parts);
        try
        {
            await StoreProbe.RunAsync(parts.Dialer, cancel);
            await store._hears.WhenUpAsync(cancel);
            await store._scripts.ChangeAsync(StoreScript.Open, cancel);
            await store.ReadStateAsync(cancel);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Takes a row from the list where its producer left it and writes its event, in one step. Null where the row was gone:
    /// somebody else took it.
    /// </summary>
    internal async Task<AppendResult?> AppendFromAsync(
        string list,
        ReadOnlyMemory<byte> row,
        NewEvent e,
        CancellationToken cancel
    )
    {
        var result = await AppendAsync([e], handOver: true, new AppendArguments.Row(list, row), cancel);
        return result is { Refusal: AppendRefusal.None, Events: [] } ? null : result;
    }

    /// <summary>Writes an event that the sessions it names have on their lists already, or took from them.</summary>
    internal Task<AppendResult> AppendTakenAsync(NewEvent e, CancellationToken cancel) =>
        AppendAsync([e], handOver: false, null, cancel);

    private async Task<AppendResult> AppendAsync(
        IReadOnlyList<NewEvent> events,
        bool handOver,
        AppendArguments.Row? from,
        CancellationToken cancel
    )
    {
        if (events.Any(e => e.Targets.Count == 0))
            throw new StoreException("An event needs at least one session to go to.");
        var words = AppendArguments.Of(events, _options.MaxUnfinished, handOver, from);
        return StoreReplies.Appended(await _scripts.RepeatableAsync(StoreScript.Append, cancel, words), events);
    }

    private RedisArgument[] LeaseWords(SessionId session, BatchLimits limits) =>
        [
            session.Value,
            // The turn is known by the id we give it: a call that is sent again gets the same lease.
            _ulids.Next().ToString(),
            limits.MaxEvents,
            limits.MaxBytes,
            limits.MaxShownBytes,
            limits.OverheadBytes,
        ];

    /// <summary>The key that the text may be, as scripts know it; empty where it can be none.</summary>
    private static string AsKey(string keyOrId) => Ulid.TryParse(keyOrId, out var key) ? key.ToString() : "";

    private async Task<int> CountAsync(
        StoreScript script,
        CancellationToken cancel,
        params RedisArgument[] arguments
    ) => (int)StoreReplies.Number(await _scripts.ChangeAsync(script, cancel, arguments));

    private async Task<int> AllAsync(StoreScript script, CancellationToken cancel, params RedisArgument[] arguments)
    {
        var (all, slice) = (0, AdoptedAtOnce);
        while (slice == AdoptedAtOnce)
            all += slice = await CountAsync(script, cancel, [.. arguments, AdoptedAtOnce]);
        return all;
    }

    private async Task ReadStateAsync(CancellationToken cancel) =>
        _feed.Accept((RespAggregate)await _scripts.ReadAsync(StoreScript.Counts, cancel));

    /// <summary>Reads the state again whenever something may have been missed.</summary>
    private async Task RefreshAsync()
    {
        try
        {
            while (await _feed.Asked.WaitToReadAsync(_scripts.Closing))
            {
                _feed.Asked.TryRead(out _);
                await ReadStateAsync(_scripts.Closing);
            }
        }
        catch (StoreException e) when (!_scripts.Closing.IsCancellationRequested)
        {
            // Counts stay as they are; who follows moves must know that some may be missing.
            _feed.Readers.Break(e.Message);
        }
        catch (StoreException)
        {
            // The store closes.
        }
        catch (OperationCanceledException) when (_scripts.Closing.IsCancellationRequested)
        {
            // The store closes.
        }
    }
}

/// <summary>What a store is made of; tests exchange parts of it.</summary>
internal sealed record RedisStoreParts(
    IRedisDialer Dialer,
    RedisStoreOptions Options,
    TimeProvider Time,
    UlidFactory Ulids,
    ILogger Logger
);
