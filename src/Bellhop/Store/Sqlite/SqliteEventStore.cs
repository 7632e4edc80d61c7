using Bellhop.Events;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Bellhop.Store.Sqlite;

/// <summary>
/// The embedded store: one SQLite file in the home folder. Changes go through one writer that syncs many with one
/// commit; reads see snapshots and never wait for it. One process at a time may open a file.
/// </summary>
public sealed class SqliteEventStore : IEventStore
{
    private readonly SqliteStoreOptions _options;
    private readonly Counters _counters = new();
    private readonly ChangeFeed _feed = new();
    private readonly FreeDisk _disk;
    private readonly ReaderPool _readers;
    private readonly Writer _writer;

    private SqliteEventStore(StoreParts parts)
    {
        _options = parts.Options;
        _disk = new FreeDisk(parts.FreeDisk ?? FreeDisk.Of(_options.Path), parts.Time);
        _readers = new ReaderPool(_options.Path);
        _writer = new Writer(
            new WriterContext(
                _options.Path,
                () => OpenFile(parts),
                _counters,
                _feed,
                parts.Time,
                parts.Ulids,
                parts.Logger
            )
        );
        Keyspace = new SqliteKeyspace(_writer);
    }

    /// <summary>The keys beside the events: the same file, the same commits.</summary>
    public IKeyspace Keyspace { get; }

    /// <inheritdoc />
    public StoreCounts Counts => _counters.Snapshot();

    /// <summary>False while too little of the disk is free to accept events.</summary>
    public bool HasRoom => _disk.Bytes() >= _options.MinFreeDisk;

    /// <summary>Opens the file, making it where there is none and upgrading it where it is older.</summary>
    /// <exception cref="StoreException">The file is damaged, newer than this program, not ours, or cannot be written.</exception>
    public static Task<SqliteEventStore> OpenAsync(
        SqliteStoreOptions options,
        TimeProvider time,
        UlidFactory ulids,
        ILogger<SqliteEventStore> logger
    ) => OpenAsync(new StoreParts(options, time, ulids, logger));

    /// <inheritdoc />
    public async Task<AppendResult> AppendAsync(IReadOnlyList<NewEvent> events, CancellationToken cancel)
    {
        if (events.Any(e => e.Targets.Count == 0))
            throw new StoreException("An event needs at least one session to go to.");
        try
        {
            return await _writer.RunAsync(
                batch =>
                    HasRoom
                        ? AppendOperation.Run(batch, events, _options.MaxUnfinished)
                        : AppendResult.Refused(AppendRefusal.Full),
                cancel
            );
        }
        catch (StoreException e) when (e.IsDiskFull)
        {
            return AppendResult.Refused(AppendRefusal.DiskFull);
        }
    }

    /// <inheritdoc />
    public async Task<TurnLease> LeaseAsync(SessionId session, BatchLimits limits, CancellationToken cancel)
    {
        using var request = new LeaseRequest(session, limits, cancel);
        return await _writer.LeaseAsync(request, cancel);
    }

    /// <inheritdoc />
    public Task InjectedAsync(Ulid turn, bool told, string? note, CancellationToken cancel) =>
        _writer.RunAsync(batch => TurnOperations.Injected(batch, turn, told, note), cancel);

    /// <inheritdoc />
    public Task AnsweredAsync(
        Ulid turn,
        bool told,
        IReadOnlyList<Reply> replies,
        string? note,
        CancellationToken cancel
    ) => _writer.RunAsync(batch => TurnOperations.Answered(batch, turn, told, replies, note), cancel);

    /// <inheritdoc />
    public Task CompleteAsync(Ulid turn, IReadOnlyList<Reply> replies, string? note, CancellationToken cancel) =>
        _writer.RunAsync(batch => TurnOperations.Complete(batch, turn, replies, note), cancel);

    /// <inheritdoc />
    public Task<FaultResult> FaultAsync(
        Ulid turn,
        TurnFault fault,
        string reason,
        RetryPolicy policy,
        CancellationToken cancel
    ) => _writer.RunAsync(batch => TurnOperations.Fault(batch, turn, fault, reason, policy), cancel);

    /// <inheritdoc />
    public Task ReleaseAsync(Ulid turn, string note, bool forget, CancellationToken cancel) =>
        _writer.RunAsync(batch => TurnOperations.Release(batch, turn, note, forget), cancel);

    /// <inheritdoc />
    public async Task<IReadOnlyList<OpenTurn>> OpenTurnsAsync(SessionId session, CancellationToken cancel) =>
        await _readers.ReadAsync(db => Listings.TurnsOf(db, session), cancel);

    /// <inheritdoc />
    public Task<Receipt?> FindAsync(string keyOrId, CancellationToken cancel) =>
        _readers.ReadAsync(db => ReceiptReader.Find(db, keyOrId), cancel);

    /// <inheritdoc />
    public async Task<IReadOnlyList<DeliverySummary>> ListAsync(DeliveryQuery query, CancellationToken cancel) =>
        await _readers.ReadAsync(db => Listings.Deliveries(db, query), cancel);

    /// <inheritdoc />
    public Task<IReadOnlyList<SessionId>?> ReplayAsync(string keyOrId, SessionId? session, CancellationToken cancel) =>
        _writer.RunAsync(batch => DeadLetterOperations.Replay(batch, keyOrId, session), cancel);

    /// <inheritdoc />
    public Task<int> RerouteAsync(IReadOnlyList<Reroute> reroutes, CancellationToken cancel)
    {
        if (reroutes.Any(r => r.Targets.Count == 0))
            throw new StoreException("An event needs at least one session to go to.");
        return _writer.RunAsync(batch => RerouteOperation.Run(batch, reroutes), cancel);
    }

    /// <inheritdoc />
    public Task<Event?> FindKnownAsync(Event e, CancellationToken cancel) =>
        _readers.ReadAsync(
            db => EventTable.FindKnown(db, e) is { } known ? EventTable.Load(db, known.Row) : null,
            cancel
        );

    /// <inheritdoc />
    public Task<int?> DismissAsync(string keyOrId, CancellationToken cancel) =>
        _writer.RunAsync(batch => DeadLetterOperations.Dismiss(batch, keyOrId), cancel);

    /// <inheritdoc />
    public async Task<IReadOnlyList<WaitingRow>> WaitingAsync(
        SessionId session,
        int limit,
        long maxBytes,
        CancellationToken cancel
    ) => await _readers.ReadAsync(db => Listings.WaitingRows(db, session, limit, maxBytes), cancel);

    /// <inheritdoc />
    public Task<DateTimeOffset?> OldestWaitingAsync(SessionId session, CancellationToken cancel) =>
        _readers.ReadAsync(db => Listings.OldestWaiting(db, session), cancel);

    /// <inheritdoc />
    public Task<int> TakeAsync(IReadOnlyList<long> deliveries, string note, CancellationToken cancel) =>
        _writer.RunAsync(batch => SessionOperations.Take(batch, deliveries, note), cancel);

    /// <inheritdoc />
    public Task<bool> ReportAsync(SessionId session, TerminalReport report, CancellationToken cancel) =>
        _writer.RunAsync(batch => TerminalOperations.Report(batch, session, report), cancel);

    /// <inheritdoc />
    public Task<int> AbandonAsync(SessionId session, string note, CancellationToken cancel) =>
        _writer.RunAsync(batch => TerminalOperations.Abandon(batch, session, note), cancel);

    /// <inheritdoc />
    public Task<int> JoinAsync(SessionId session, CancellationToken cancel) =>
        _writer.RunAsync(batch => SessionOperations.Join(batch, session), cancel);

    /// <inheritdoc />
    public Task LeaveAsync(SessionId session, CancellationToken cancel) =>
        _writer.RunAsync(batch => SessionOperations.Record(batch, session, member: false), cancel);

    /// <inheritdoc />
    public async Task<IReadOnlyList<SessionRecord>> SessionsAsync(CancellationToken cancel) =>
        await _readers.ReadAsync(Listings.Sessions, cancel);

    /// <inheritdoc />
    public Task<int> AdoptAsync(DateTimeOffset acceptedBefore, CancellationToken cancel) =>
        _writer.RunAsync(batch => SessionOperations.Adopt(batch, acceptedBefore), cancel);

    /// <inheritdoc />
    public Task<int> AdoptAsync(SessionId session, string note, CancellationToken cancel) =>
        _writer.RunAsync(batch => SessionOperations.Adopt(batch, session, note, _options.ClaimKeys + session), cancel);

    /// <inheritdoc />
    public async Task<int> PurgeAsync(Retention retention, CancellationToken cancel)
    {
        var purged = 0;
        for (long? after = 0; after is { } from; )
        {
            var slice = await _writer.RunAsync(batch => PurgeOperation.Run(batch, retention, from), cancel);
            (purged, after) = (purged + slice.Events, slice.Last);
        }
        return purged;
    }

    /// <inheritdoc />
    public IAsyncEnumerable<DeliveryChange> WatchAsync(CancellationToken cancel) => _feed.WatchAsync(cancel);

    /// <summary>Makes durable what was begun and closes the file. Never deletes.</summary>
    public async ValueTask DisposeAsync()
    {
        // The readers first: the writer's last act folds the log into the file, which needs it to itself.
        await _readers.DisposeAsync();
        await _writer.DisposeAsync();
    }

    internal static async Task<SqliteEventStore> OpenAsync(StoreParts parts)
    {
        var store = new SqliteEventStore(parts);
        try
        {
            await store._writer.Opened;
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    private Connection OpenFile(StoreParts parts)
    {
        // Holds the inner pages of the indices of a million deliveries.
        const int cacheKiB = 24 * 1_024;
        StoreFile.Create(_options.Path);
        var db = Connection.Open(_options.Path, readOnly: false, cacheKiB);
        try
        {
            // FULL: the log is synced at every commit. fullfsync: on macOS a plain sync stops at the drive's cache.
            db.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON");
            // The checkpointer folds the log long before; 64 MiB is the bound should it ever fail.
            db.Execute("PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 16384");
            Schema.Upgrade(db, _options.Path, parts.Migrations);
            db.Execute(
                $"INSERT OR IGNORE INTO sessions VALUES ('gateway', 1, {parts.Time.GetUtcNow().ToUnixTimeMilliseconds()})"
            );
            if (parts.MaxPages is { } pages)
                db.Execute($"PRAGMA max_page_count = {pages}");
            _counters.Load(db);
            return db;
        }
        catch (SqliteException e)
        {
            db.Dispose();
            throw StoreFile.Explain(e, _options.Path);
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }
}

/// <summary>What a store is made of; tests exchange parts of it.</summary>
internal sealed record StoreParts(
    SqliteStoreOptions Options,
    TimeProvider Time,
    UlidFactory Ulids,
    ILogger<SqliteEventStore> Logger
)
{
    public IReadOnlyList<string> Migrations { get; init; } = Sqlite.Migrations.All;

    public Func<long>? FreeDisk { get; init; }

    /// <summary>Makes the file's disk as small as this; null = as large as it is.</summary>
    public int? MaxPages { get; init; }
}
