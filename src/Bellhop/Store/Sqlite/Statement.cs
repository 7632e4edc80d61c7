using System.Buffers.Binary;
using System.Text;
using Bellhop.Events;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Bellhop.Store.Sqlite;

/// <summary>
/// A prepared statement that is kept and used again. Values are bound in the order of the statement's parameters.
/// Works on SQLite's own interface because an append runs several per event and ADO.NET's objects cost more than they do.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _db;
    private readonly sqlite3_stmt _statement;
    private int _bound;
    private bool _taken;

    public Statement(sqlite3 db, string sql)
    {
        _db = db;
        Check(raw.sqlite3_prepare_v3(db, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    public Statement Take()
    {
        if (_taken)
            throw new InvalidOperationException("The statement is in use further up.");
        _taken = true;
        _bound = 0;
        return this;
    }

    public Statement Bind(long? value) =>
        Bound(
            value is { } number
                ? raw.sqlite3_bind_int64(_statement, ++_bound, number)
                : raw.sqlite3_bind_null(_statement, ++_bound)
        );

    public Statement Bind(string? value) =>
        Bound(
            value is null
                ? raw.sqlite3_bind_null(_statement, ++_bound)
                : raw.sqlite3_bind_text(_statement, ++_bound, Encoding.UTF8.GetBytes(value).AsSpan())
        );

    public Statement Bind(ReadOnlySpan<byte> value) => Bound(raw.sqlite3_bind_blob(_statement, ++_bound, value));

    public Statement Bind(Ulid? value)
    {
        if (value is not { } ulid)
            return Bind((long?)null);
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, ulid.Value);
        return Bind(bytes);
    }

    public Statement Bind(DateTimeOffset? value) => Bind(value?.ToUnixTimeMilliseconds());

    public Statement Bind(SessionId? value) => Bind(value?.Value);

    public Statement Bind(DeliveryState value) => Bind((long)value);

    /// <summary>Steps to the next row; false after the last.</summary>
    public bool Read()
    {
        var result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW)
            return true;
        if (result != raw.SQLITE_DONE)
            Fail(result);
        return false;
    }

    /// <summary>Runs a statement that yields no rows. Returns how many it changed.</summary>
    public int Run()
    {
        Read();
        Dispose();
        return raw.sqlite3_changes(_db);
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    public long? MaybeInt64(int column) => IsNull(column) ? null : Int64(column);

    public int Int32(int column) => raw.sqlite3_column_int(_statement, column);

    // Read as bytes: SQLite's text interface would end a text at its first NUL.
    public string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(_statement, column));

    public string? MaybeText(int column) => IsNull(column) ? null : Text(column);

    public byte[] Bytes(int column) => raw.sqlite3_column_blob(_statement, column).ToArray();

    public Ulid Ulid(int column) => MaybeUlid(column)!.Value;

    public Ulid? MaybeUlid(int column) =>
        IsNull(column)
            ? null
            : new Ulid(BinaryPrimitives.ReadUInt128BigEndian(raw.sqlite3_column_blob(_statement, column)));

    public DateTimeOffset Time(int column) => DateTimeOffset.FromUnixTimeMilliseconds(Int64(column));

    public DateTimeOffset? MaybeTime(int column) => IsNull(column) ? null : Time(column);

    public SessionId Session(int column) => SessionId.Parse(Text(column));

    public DeliveryState State(int column) => (DeliveryState)Int64(column);

    /// <summary>Lets go of rows and values; the statement stays prepared.</summary>
    public void Dispose()
    {
        raw.sqlite3_reset(_statement);
        raw.sqlite3_clear_bindings(_statement);
        _taken = false;
    }

    /// <summary>Ends the statement itself.</summary>
    public void Close() => _statement.Dispose();

    private Statement Bound(int result)
    {
        Check(result);
        return this;
    }

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
            Fail(result);
    }

    private void Fail(int result)
    {
        try
        {
            SqliteException.ThrowExceptionForRC(result, _db);
        }
        finally
        {
            Dispose();
        }
    }
}
