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
public sealed partial class RedisEventStore : IEventStore
{
    /// <summary>Of the keys that this program writes. Raise it with every change that an older program would misread.</summary>
    internal const int SchemaVersion = 1;

    // Some milliseconds of the server's time, in which nobody else is served.
    private const int SliceSize = 500;

    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);

    private readonly RedisStoreOptions _options;
    private readonly LanePlaces _lanes;
    private readonly StoreFeed _feed;
    private readonly RedisClient _redis;
    private readonly RedisSubscriber _hears;
    private readonly ScriptCalls _scripts;
    private readonly UlidFactory _ulids;
    private readonly TimeProvider _time;
    private readonly Task _refreshing;
    private bool _disposed;

    private RedisEventStore(RedisStoreParts parts)
    {
        (_options, _ulids, _time) = (parts.Options, parts.Ulids, parts.Time);
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
    public async Task<AppendResult> AppendAsync(IReadOnlyList<NewEvent> events, CancellationToken cancel) =>
        // What a door does with its answer is not for the thread that reads ours.
        await AppendAsync(events, null, null, cancel).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

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
        await StoreProbe.RunAsync(parts.Dialer, parts.Options.Prefix, cancel);
        var store = new RedisEventStore(parts);
        try
        {
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
    internal async Task<AppendResult?> AppendFromAsync(ListRow row, NewEvent e, CancellationToken cancel)
    {
        var result = await AppendAsync([e], row, null, cancel);
        return result is { Refusal: AppendRefusal.None, Events: [] } ? null : result;
    }

    /// <summary>Writes an event that terminals of the sessions it names have in hand: at no moment does it wait for a lane.</summary>
    internal Task<AppendResult> AppendTakenAsync(NewEvent e, TakenUnder taken, CancellationToken cancel) =>
        AppendAsync([e], null, taken, cancel);

    private async Task<AppendResult> AppendAsync(
        IReadOnlyList<NewEvent> events,
        ListRow? from,
        TakenUnder? taken,
        CancellationToken cancel
    )
    {
        if (events.Any(e => e.Targets.Count == 0))
            throw new StoreException("An event needs at least one session to go to.");
        var lane = taken is null ? _lanes.Claim(events) : null;
        try
        {
            var words = AppendArguments.Of(events, _options.MaxUnfinished, from, taken, lane?.Words);
            var answer = await _scripts.RepeatableAsync(StoreScript.Append, words, cancel, a => Serve(lane, a, events));
            return StoreReplies.Appended(answer[0], events);
        }
        catch
        {
            lane?.Signal(); // it may have leased all the same: the lane asks
            throw;
        }
        finally
        {
            lane?.Unclaim();
        }
    }

    private static void Serve(LanePlace? lane, IReadOnlyList<RespValue> answer, IReadOnlyList<NewEvent> events)
    {
        if (answer.Count > 1 && StoreReplies.Leased(answer[1], lane!.Session, events).Lease is { } lease)
            lane.Serve(lease);
    }

    private async Task<int> CountAsync(
        StoreScript script,
        CancellationToken cancel,
        params RedisArgument[] arguments
    ) => (int)StoreReplies.Number(await _scripts.ChangeAsync(script, cancel, arguments));

    private async Task ReadStateAsync(CancellationToken cancel)
    {
        var known = _feed.Version;
        _feed.Accept((RespAggregate)await _scripts.ReadAsync(StoreScript.Counts, cancel), known);
    }

    /// <summary>Reads the state again whenever something may have been missed, until that was read or the store closes.</summary>
    private async Task RefreshAsync()
    {
        try
        {
            while (await _feed.Asked.WaitToReadAsync(_scripts.Closing))
            {
                _feed.Asked.TryRead(out _);
                await RefreshOnceAsync();
            }
        }
        catch (OperationCanceledException) when (_scripts.Closing.IsCancellationRequested)
        {
            // The store closes.
        }
    }

    private async Task RefreshOnceAsync()
    {
        try
        {
            await ReadStateAsync(_scripts.Closing);
        }
        catch (StoreException e)
        {
            _scripts.Closing.ThrowIfCancellationRequested();
            // Counts stay as they are for now; who follows moves must know that some may be missing.
            _feed.Readers.Break(e.Message);
            _feed.LookAgain();
            await Task.Delay(LookAgainAfter, _time, _scripts.Closing);
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
