namespace Bellhop.Store.Sqlite;

/// <summary>One caller's change, waiting for its place in a commit.</summary>
internal abstract class WriteOperation(CancellationToken cancel)
{
    /// <summary>Honoured until the operation begins; after that it runs to its end and says how it went.</summary>
    public CancellationToken Cancel => cancel;

    /// <summary>Makes the change. May run again when the commit it was part of failed.</summary>
    public abstract void Run(WriteBatch batch);

    /// <summary>The change is on disk.</summary>
    public abstract void Complete();

    /// <summary>The change was not made.</summary>
    public abstract void Fail(Exception e);
}

/// <summary>An operation with a result.</summary>
internal sealed class WriteOperation<T>(Func<WriteBatch, T> work, CancellationToken cancel) : WriteOperation(cancel)
{
    // A caller's continuation must not run on the writer's thread.
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;

    public Task<T> Task => _done.Task;

    public override void Run(WriteBatch batch) => _result = work(batch);

    public override void Complete() => _done.TrySetResult(_result);

    public override void Fail(Exception e)
    {
        if (e is OperationCanceledException cancelled)
            _done.TrySetCanceled(cancelled.CancellationToken);
        else
            _done.TrySetException(e);
    }
}
