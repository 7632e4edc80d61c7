using System.Threading.Tasks.Sources;
using Bellhop.Events;

namespace Bellhop.Store.Sqlite;

/// <summary>
/// A lane waiting for its next batch. Either it is cancelled and nothing was leased, or it is served and the lease is
/// returned: whoever claims the request first decides, and there is one claim.
/// </summary>
internal sealed class LeaseRequest : IDisposable, IValueTaskSource<TurnLease>
{
    private const int Waiting = 0;
    private const int Claimed = 1;
    private const int Ended = 2;

    // A lease goes to its lane on the writer's own thread, which spares it the way through the pool: the lane writes a
    // prompt and is back at its first wait. Whoever cancels or closes has no time for what comes after.
    private ManualResetValueTaskSourceCore<TurnLease> _done = new() { RunContinuationsAsynchronously = true };
    private readonly CancellationToken _cancel;
    private readonly CancellationTokenRegistration _registration;
    private int _state;

    public LeaseRequest(SessionId session, BatchLimits limits, CancellationToken cancel)
    {
        (Session, Limits, _cancel) = (session, limits, cancel);
        _registration = cancel.Register(TryCancel);
    }

    public SessionId Session { get; }

    public BatchLimits Limits { get; }

    /// <summary>The lease, once. To be awaited by one.</summary>
    public ValueTask<TurnLease> Task => new(this, _done.Version);

    public bool IsEnded => Volatile.Read(ref _state) == Ended;

    /// <summary>When something becomes due that is not yet. The desk's own note.</summary>
    public DateTimeOffset? NextDue { get; set; }

    /// <summary>Holds off cancellation while a lease is being written. False where it was cancelled.</summary>
    public bool TryClaim() => Interlocked.CompareExchange(ref _state, Claimed, Waiting) == Waiting;

    /// <summary>Nothing was leased after all.</summary>
    public void Unclaim()
    {
        if (Interlocked.CompareExchange(ref _state, Waiting, Claimed) == Claimed && _cancel.IsCancellationRequested)
            TryCancel();
    }

    public void Complete(TurnLease lease)
    {
        Volatile.Write(ref _state, Ended);
        _done.RunContinuationsAsynchronously = false;
        _done.SetResult(lease);
    }

    public void Fail(Exception e)
    {
        if (Interlocked.Exchange(ref _state, Ended) != Ended)
            _done.SetException(e);
    }

    public void Dispose() => _registration.Dispose();

    TurnLease IValueTaskSource<TurnLease>.GetResult(short token) => _done.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<TurnLease>.GetStatus(short token) => _done.GetStatus(token);

    void IValueTaskSource<TurnLease>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _done.OnCompleted(continuation, state, token, flags);

    private void TryCancel()
    {
        if (Interlocked.CompareExchange(ref _state, Ended, Waiting) == Waiting)
            _done.SetException(new OperationCanceledException(_cancel));
    }
}

/// <summary>Brings a request to the desk, on the writer's thread.</summary>
internal sealed class LeaseOperation(LeaseDesk desk, LeaseRequest request) : WriteOperation(CancellationToken.None)
{
    public override void Run(WriteBatch batch)
    {
        desk.Admit(request);
        batch.Stir(request.Session);
    }

    // Admitted only; the desk completes the request when it has served it.
    public override void Complete() { }

    public override void Fail(Exception e) => request.Fail(e);
}
