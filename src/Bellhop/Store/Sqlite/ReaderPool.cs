using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Bellhop.Store.Sqlite;

/// <summary>Read-only connections: each read sees one snapshot of the file and holds up nobody, least of all the writer.</summary>
internal sealed class ReaderPool(string path) : IAsyncDisposable
{
    // As many reads as two cores can do at once, and one to spare for a long listing.
    private const int MaxReaders = 3;

    private const int CacheKiB = 1_024;

    private readonly SemaphoreSlim _free = new(MaxReaders);
    private readonly ConcurrentBag<Connection> _idle = [];
    private bool _closed;

    public async Task<T> ReadAsync<T>(Func<Connection, T> read, CancellationToken cancel)
    {
        await _free.WaitAsync(cancel);
        Connection? db = null;
        try
        {
            if (Volatile.Read(ref _closed))
                throw new StoreException("The store is closed.");
            if (!_idle.TryTake(out db))
                db = Connection.Open(path, readOnly: true, CacheKiB);
            // On the pool: a listing takes its time, and who asks may be the thread that serves all sockets.
            return await Task.Run(() => InSnapshot(db, read), CancellationToken.None);
        }
        catch (SqliteException e)
        {
            throw StoreFile.Explain(e, path);
        }
        finally
        {
            if (db is not null)
                _idle.Add(db);
            _free.Release();
        }
    }

    /// <summary>Waits for the reads under way.</summary>
    public async ValueTask DisposeAsync()
    {
        for (var i = 0; i < MaxReaders; i++)
            await _free.WaitAsync();
        Volatile.Write(ref _closed, true);
        _free.Release(MaxReaders);
        while (_idle.TryTake(out var db))
            db.Dispose();
    }

    private static T InSnapshot<T>(Connection db, Func<Connection, T> read)
    {
        db.Execute("BEGIN");
        try
        {
            return read(db);
        }
        finally
        {
            db.Execute("ROLLBACK");
        }
    }
}
