using System.Threading.Channels;
using Bellhop.Events;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Bellhop.Store.Sqlite;

/// <summary>
/// The one thread that writes. It takes every change that waits, makes them in one transaction and completes their
/// callers after the one sync that covers them all; while it syncs, the next ones gather.
/// </summary>
internal sealed partial class Writer : IAsyncDisposable
{
    // Callers beyond this wait to be queued: a bound for memory, far above what one commit takes.
    private const int MaxQueued = 4_096;

    // A commit of this many takes some 20 ms; more would only delay the first of them.
    private const int MaxTogether = 512;

    private readonly Channel<WriteOperation> _queue = Channel.CreateBounded<WriteOperation>(
        new BoundedChannelOptions(MaxQueued) { SingleReader = true }
    );

    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Doorbell _bell = new();
    private readonly WriterContext _context;
    private readonly LeaseDesk _desk;
    private volatile bool _foldNow;

    public Writer(WriterContext context)
    {
        _context = context;
        _desk = new LeaseDesk(context.Time, context.Ulids, Nudge);
        new Thread(Work) { IsBackground = true, Name = "store writer" }.Start();
    }

    private bool HasWork => _queue.Reader.TryPeek(out _);

    private bool IsOver => _queue.Reader.Completion.IsCompleted;

    /// <summary>Completes when the file is open, upgraded and counted.</summary>
    public Task Opened => _opened.Task;

    /// <summary>Runs a change in the next commit.</summary>
    public async Task<T> RunAsync<T>(Func<WriteBatch, T> work, CancellationToken cancel)
    {
        var operation = new WriteOperation<T>(work, cancel);
        await EnqueueAsync(operation, cancel);
        return await operation.Task;
    }

    /// <summary>Waits for a lane's next batch.</summary>
    public async Task<TurnLease> LeaseAsync(LeaseRequest request, CancellationToken cancel)
    {
        await EnqueueAsync(new LeaseOperation(_desk, request), cancel);
        return await request.Task;
    }

    /// <summary>Makes what is queued durable, folds the log into the file and closes it.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _bell.Ring();
        await _ended.Task;
        _bell.Dispose();
    }

    private async ValueTask EnqueueAsync(WriteOperation operation, CancellationToken cancel)
    {
        try
        {
            await _queue.Writer.WriteAsync(operation, cancel);
            _bell.Ring();
        }
        catch (ChannelClosedException e)
        {
            throw new StoreException("The store is closed.", e);
        }
    }

    private void Work()
    {
        var waiting = new List<WriteOperation>(MaxTogether);
        try
        {
            using var db = _context.OpenFile();
            var batch = new WriteBatch(db, _context.Counters, _context.Feed, _context.Time);
            _opened.SetResult();
            using (var checkpoints = new Checkpointer(_context.Path, AskToFold, _context.Logger))
            {
                while (TakeWaiting(waiting))
                {
                    Commit(batch, waiting);
                    checkpoints.Committed(db.TotalChanges);
                    if (_foldNow)
                        FinishFolding(db, checkpoints);
                }
            }
            // What the log holds is acknowledged and safe; folding it in makes the next start quick.
            db.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (Exception e)
        {
            // Where the file never opened, the caller of OpenAsync has the reason.
            if (!_opened.TrySetException(Explained(e)))
                Log.Stopped(_context.Logger, e);
        }
        finally
        {
            Close(waiting);
        }
    }

    private void Close(List<WriteOperation> begun)
    {
        _queue.Writer.TryComplete();
        var closed = new StoreException("The store is closed.");
        begun.ForEach(operation => operation.Fail(closed));
        while (_queue.Reader.TryRead(out var operation))
            operation.Fail(closed);
        _desk.Close();
        _context.Feed.Close();
        _ended.SetResult();
    }

    private void AskToFold()
    {
        _foldNow = true;
        Nudge();
    }

    private void Nudge()
    {
        if (_queue.Writer.TryWrite(new LookOperation(_desk))) // full means that the writer comes by anyway
            _bell.Ring();
    }

    private void FinishFolding(Connection db, Checkpointer checkpoints)
    {
        _foldNow = false;
        checkpoints.Fold(db);
        checkpoints.Finished();
    }

    private bool TakeWaiting(List<WriteOperation> waiting)
    {
        waiting.Clear();
        if (!WaitForWork())
            return false;
        while (waiting.Count < MaxTogether && _queue.Reader.TryRead(out var operation))
        {
            if (operation.Cancel.IsCancellationRequested)
                operation.Fail(new OperationCanceledException(operation.Cancel));
            else
                waiting.Add(operation);
        }
        return true;
    }

    /// <summary>False when there will be none. Sleeps at once: a thread that spins first takes a core from those it waits for.</summary>
    private bool WaitForWork()
    {
        while (!HasWork && !IsOver)
            _bell.Wait(() => HasWork || IsOver);
        return HasWork;
    }

    /// <summary>All in one commit; where one spoils it for the others, each in its own.</summary>
    private void Commit(WriteBatch batch, List<WriteOperation> operations)
    {
        if (TryCommit(batch, operations) is not { } failure)
            return;
        if (operations is [var single])
            single.Fail(Explained(failure));
        else
            operations.ForEach(operation => Commit(batch, [operation]));
    }

    private Exception? TryCommit(WriteBatch batch, List<WriteOperation> operations)
    {
        var refused = new Dictionary<WriteOperation, Exception>();
        try
        {
            batch.Begin();
            foreach (var operation in operations)
            {
                if (Run(operation, batch) is { } refusal)
                    refused.Add(operation, refusal);
            }
            _desk.Serve(batch);
            batch.Commit();
        }
        catch (Exception e)
        {
            batch.Rollback();
            _desk.Withdraw();
            return e;
        }
        // The lanes first: an agent is further away than the producer who waits for an answer.
        _desk.HandOut();
        batch.Publish();
        foreach (var operation in operations)
        {
            if (refused.TryGetValue(operation, out var refusal))
                operation.Fail(Explained(refusal));
            else
                operation.Complete();
        }
        return null;
    }

    /// <summary>An operation that throws before it wrote spoils nothing for the others, so it alone fails.</summary>
    private static Exception? Run(WriteOperation operation, WriteBatch batch)
    {
        var before = batch.Db.TotalChanges;
        try
        {
            operation.Run(batch);
            return null;
        }
        catch (Exception e) when (batch.Db.TotalChanges == before && batch.Db.InTransaction)
        {
            return e;
        }
    }

    private Exception Explained(Exception e) =>
        e is SqliteException failure ? StoreFile.Explain(failure, _context.Path) : e;

    /// <summary>Makes the writer look at what became due.</summary>
    private sealed class LookOperation(LeaseDesk desk) : WriteOperation(CancellationToken.None)
    {
        public override void Run(WriteBatch batch) => desk.AlarmRang();

        public override void Complete() { }

        public override void Fail(Exception e) { }
    }

    private static partial class Log
    {
        [LoggerMessage(200, LogLevel.Critical, "The store's writer stopped; nothing more is accepted")]
        public static partial void Stopped(ILogger logger, Exception e);
    }
}

/// <summary>What a writer works on.</summary>
internal sealed record WriterContext(
    string Path,
    Func<Connection> OpenFile,
    Counters Counters,
    ChangeFeed Feed,
    TimeProvider Time,
    UlidFactory Ulids,
    ILogger Logger
);
