using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Bellhop.Store.Sqlite;

/// <summary>One SQLite connection with its prepared statements. For one thread at a time.</summary>
internal sealed class Connection : IDisposable
{
    // Covers the moment in which another process (a backup, the sqlite3 shell) holds the file.
    private const int BusyTimeoutMs = 5_000;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);

    private Connection(SqliteConnection connection) => _connection = connection;

    /// <summary>Rows changed since the connection was opened; standing still means nothing was written.</summary>
    public int TotalChanges => raw.sqlite3_total_changes(_connection.Handle);

    /// <summary>False also when SQLite gave a transaction up by itself, as it may on a full disk.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_connection.Handle) == 0;

    /// <summary>The number of the row inserted last.</summary>
    public long LastRowId => raw.sqlite3_last_insert_rowid(_connection.Handle);

    public static Connection Open(string path, bool readOnly, int cacheKiB)
    {
        Batteries_V2.Init();
        var text = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = readOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWrite,
            Pooling = false,
        };
        var connection = new Connection(new SqliteConnection(text.ToString()));
        try
        {
            connection._connection.Open();
            connection.Execute($"PRAGMA busy_timeout = {BusyTimeoutMs}; PRAGMA cache_size = -{cacheKiB};");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The prepared statement for this text, ready to be bound. Dispose it to let go of its rows.</summary>
    public Statement Sql(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
            _statements.Add(sql, statement = new Statement(_connection.Handle!, sql));
        return statement.Take();
    }

    /// <summary>Runs statements that take no values, once.</summary>
    public void Execute(string script)
    {
        var result = raw.sqlite3_exec(_connection.Handle, script);
        SqliteException.ThrowExceptionForRC(result, _connection.Handle);
    }

    /// <summary>The single number that a query yields.</summary>
    public long Number(string sql)
    {
        using var rows = Sql(sql);
        return rows.Read() ? rows.Int64(0) : throw new InvalidOperationException($"No row: {sql}");
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Close();
        _connection.Dispose();
    }
}
