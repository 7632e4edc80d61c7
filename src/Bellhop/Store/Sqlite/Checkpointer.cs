using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Bellhop.Store.Sqlite;

/// <summary>
/// Folds the log into the file on a thread of its own, so that no commit waits for it. While commits go on it never
/// catches up with the end of the log, and a log that is not folded whole cannot start anew: so it does the bulk and
/// then asks the writer to fold the few pages that came meanwhile.
/// </summary>
internal sealed partial class Checkpointer : IDisposable
{
    // Some 4,000 pages, 16 MiB: few enough to be read back in an instant at start.
    private const int MaxCommits = 500;
    private const int MaxChanges = 4_000;

    // It touches each page once.
    private const int CacheKiB = 512;

    private readonly SemaphoreSlim _due = new(0);
    private readonly Connection _db;
    private readonly Action _finish;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private volatile bool _closing;
    private bool _running;
    private int _commits;
    private int _changesAtLast;

    /// <summary><paramref name="finish"/> must make the writer fold the rest and then call <see cref="Finished"/>.</summary>
    public Checkpointer(string path, Action finish, ILogger logger)
    {
        (_db, _finish, _logger) = (Connection.Open(path, readOnly: false, CacheKiB), finish, logger);
        _thread = new Thread(Work) { IsBackground = true, Name = "store checkpoints" };
        _thread.Start();
    }

    /// <summary>A commit was made; <paramref name="totalChanges"/> is the connection's count. Writer's thread only.</summary>
    public void Committed(int totalChanges)
    {
        _commits++;
        if (_running || (_commits < MaxCommits && totalChanges - _changesAtLast < MaxChanges))
            return;
        (_running, _commits, _changesAtLast) = (true, 0, totalChanges);
        _due.Release();
    }

    /// <summary>The log is folded as far as it goes. Writer's thread only.</summary>
    public void Finished() => _running = false;

    /// <summary>
    /// Folds what is not in use. Passive: no writer and no reader waits for it. What could not be folded stays in the
    /// log, where it is as safe.
    /// </summary>
    public void Fold(Connection db)
    {
        try
        {
            db.Number("PRAGMA wal_checkpoint(PASSIVE)");
        }
        catch (SqliteException e)
        {
            Log.NotFolded(_logger, e);
        }
    }

    public void Dispose()
    {
        _closing = true;
        _due.Release();
        _thread.Join();
        _due.Dispose();
        _db.Dispose();
    }

    private void Work()
    {
        while (true)
        {
            _due.Wait();
            if (_closing)
                break;
            Fold(_db);
            _finish();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(201, LogLevel.Warning, "The store's log could not be folded into its file; it is tried again")]
        public static partial void NotFolded(ILogger logger, Exception e);
    }
}
