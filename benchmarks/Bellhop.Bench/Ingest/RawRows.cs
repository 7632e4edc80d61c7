using System.Buffers.Binary;
using System.Text;
using Bellhop.Store;
using SQLitePCL;

namespace Bellhop.Bench.Ingest;

/// <summary>
/// Writes the rows that one append leaves behind by prepared statements and nothing else: no dedupe, no counts, no lanes.
/// What is the same in every row is taken from one that the store wrote.
/// </summary>
internal sealed class RawRows : IDisposable
{
    private readonly sqlite3 _db;
    private readonly sqlite3_stmt _event;
    private readonly sqlite3_stmt _delivery;
    private readonly byte[] _history;

    public RawRows(string path)
    {
        Check(raw.sqlite3_open_v2(path, out _db, raw.SQLITE_OPEN_READWRITE, null));
        // The store's own settings.
        Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4096");
        Execute("PRAGMA cache_size = -24576; PRAGMA temp_store = MEMORY");
        _event = Prepare(
            """
            INSERT INTO events (key, id, type, source, occurred_at, arrived_at, origin, kind, reply_to, window_ms, body)
            VALUES (?, ?, ?, ?, ?, ?, NULL, ?, NULL, ?, ?)
            """
        );
        _delivery = Prepare(
            """
            INSERT INTO deliveries (event, session, kind, state, reason, replay_of, updated_at, history)
            VALUES (?, ?, ?, ?, NULL, NULL, ?, ?)
            """
        );
        _history = WrittenHistory();
    }

    public void Begin() => Execute("BEGIN IMMEDIATE");

    public void Commit() => Execute("COMMIT");

    public void Insert(NewEvent added)
    {
        var e = added.Event;
        Span<byte> key = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(key, e.Key.Value);
        Check(raw.sqlite3_bind_blob(_event, 1, key));
        BindText(_event, 2, e.Id);
        BindText(_event, 3, e.Type);
        BindText(_event, 4, e.Source);
        Check(raw.sqlite3_bind_int64(_event, 5, e.OccurredAt?.ToUnixTimeMilliseconds() ?? 0));
        Check(raw.sqlite3_bind_int64(_event, 6, e.ArrivedAt.ToUnixTimeMilliseconds()));
        Check(raw.sqlite3_bind_int64(_event, 7, (long)e.Kind));
        Check(raw.sqlite3_bind_int64(_event, 8, (long)e.DedupeWindow.TotalMilliseconds));
        Check(raw.sqlite3_bind_blob(_event, 9, e.Body.Span));
        Step(_event);

        Check(raw.sqlite3_bind_int64(_delivery, 1, raw.sqlite3_last_insert_rowid(_db)));
        BindText(_delivery, 2, added.Targets[0].Session.Value);
        Check(raw.sqlite3_bind_int64(_delivery, 3, (long)e.Kind));
        Check(raw.sqlite3_bind_int64(_delivery, 4, (long)DeliveryState.Queued));
        Check(raw.sqlite3_bind_int64(_delivery, 5, e.ArrivedAt.ToUnixTimeMilliseconds()));
        Check(raw.sqlite3_bind_text(_delivery, 6, _history.AsSpan()));
        Step(_delivery);
    }

    public void Dispose()
    {
        _event.Dispose();
        _delivery.Dispose();
        _db.Dispose();
    }

    private byte[] WrittenHistory()
    {
        using var row = Prepare("SELECT history FROM deliveries LIMIT 1");
        if (raw.sqlite3_step(row) != raw.SQLITE_ROW)
            throw new BenchException("The store left no row to copy.");
        return raw.sqlite3_column_blob(row, 0).ToArray();
    }

    private sqlite3_stmt Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v3(_db, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement));
        return statement;
    }

    private void BindText(sqlite3_stmt statement, int index, string text) =>
        Check(raw.sqlite3_bind_text(statement, index, Encoding.UTF8.GetBytes(text).AsSpan()));

    private void Step(sqlite3_stmt statement)
    {
        if (raw.sqlite3_step(statement) != raw.SQLITE_DONE)
            throw Failure();
        Check(raw.sqlite3_reset(statement));
    }

    private void Execute(string sql) => Check(raw.sqlite3_exec(_db, sql));

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
            throw Failure();
    }

    private BenchException Failure() => new($"SQLite: {raw.sqlite3_errmsg(_db).utf8_to_string()}");
}
