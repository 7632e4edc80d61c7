namespace Bellhop.Redis.Listener;

/// <summary>
/// Lets commands run side by side, and EXEC alone. First come, first served, so that neither starves the other.
/// </summary>
internal sealed class CommandGate
{
    private readonly Lock _lock = new();
    private readonly Queue<Waiter> _waiting = [];
    private int _shared;
    private bool _exclusive;

    /// <summary>Waits for a pass; dispose it when the command is done.</summary>
    public ValueTask<Pass> EnterAsync(bool alone, CancellationToken cancel)
    {
        lock (_lock)
        {
            if (_waiting.Count == 0 && CanEnter(alone))
                return ValueTask.FromResult(Admit(alone));
            var waiter = new Waiter(alone);
            _waiting.Enqueue(waiter);
            return new ValueTask<Pass>(WaitAsync(waiter, cancel));
        }
    }

    private async Task<Pass> WaitAsync(Waiter waiter, CancellationToken cancel)
    {
        await using var _ = cancel.Register(() => GiveUp(waiter, cancel));
        return await waiter.Entered.Task;
    }

    private void GiveUp(Waiter waiter, CancellationToken cancel)
    {
        if (!waiter.Entered.TrySetCanceled(cancel))
            return;
        lock (_lock)
            AdmitWaiting();
    }

    private void Leave(bool alone)
    {
        lock (_lock)
        {
            if (alone)
                _exclusive = false;
            else
                _shared--;
            AdmitWaiting();
        }
    }

    private void AdmitWaiting()
    {
        while (_waiting.TryPeek(out var next) && (next.Entered.Task.IsCompleted || CanEnter(next.Alone)))
        {
            _waiting.Dequeue();
            if (next.Entered.Task.IsCompleted)
                continue;
            var pass = Admit(next.Alone);
            if (!next.Entered.TrySetResult(pass))
                Undo(next.Alone);
        }
    }

    private bool CanEnter(bool alone) => !_exclusive && (!alone || _shared == 0);

    private Pass Admit(bool alone)
    {
        if (alone)
            _exclusive = true;
        else
            _shared++;
        return new Pass(this, alone);
    }

    private void Undo(bool alone)
    {
        if (alone)
            _exclusive = false;
        else
            _shared--;
    }

    private sealed record Waiter(bool Alone)
    {
        public TaskCompletionSource<Pass> Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Leave to run one command.</summary>
    internal readonly record struct Pass(CommandGate? Gate, bool Alone) : IDisposable
    {
        public void Dispose() => Gate?.Leave(Alone);
    }
}
