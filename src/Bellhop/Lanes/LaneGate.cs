namespace Bellhop.Lanes;

/// <summary>
/// Where a lane waits while a terminal has its session. It opens and closes by other people's word; the lane says when it
/// has let go.
/// </summary>
internal sealed class LaneGate(bool isOpen)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _opened = Fresh(isOpen);
    private TaskCompletionSource _letGo = Fresh(true);
    private CancellationTokenSource? _closing;
    private bool _isOpen = isOpen;

    /// <summary>The lane works, or will begin to now, or has not let go yet.</summary>
    public bool IsHeld
    {
        get
        {
            lock (_lock)
                return _isOpen || !_letGo.Task.IsCompleted;
        }
    }

    /// <summary>True when the lane may not begin anything new.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_lock)
                return !_isOpen;
        }
    }

    /// <summary>Ends once a lane that must let go has done so; at once where it need not.</summary>
    public Task WhenLetGo
    {
        get
        {
            lock (_lock)
                return _isOpen ? Task.CompletedTask : _letGo.Task;
        }
    }

    /// <summary>Opens or closes. Returns true where that is news.</summary>
    public bool Set(bool open)
    {
        CancellationTokenSource? closing;
        lock (_lock)
        {
            if (_isOpen == open)
                return false;
            _isOpen = open;
            if (open)
                _opened.TrySetResult();
            else
                _opened = Fresh(false);
            // Whoever takes it out of the field disposes of it.
            closing = open ? null : Interlocked.Exchange(ref _closing, null);
        }
        closing?.Cancel();
        closing?.Dispose();
        return true;
    }

    /// <summary>Waits until it is open. Dispose the pass to let go.</summary>
    public async Task<Pass> EnterAsync(CancellationToken stop)
    {
        while (true)
        {
            Task opened;
            lock (_lock)
            {
                if (_isOpen)
                {
                    _closing = CancellationTokenSource.CreateLinkedTokenSource(stop);
                    _letGo = Fresh(false);
                    return new Pass(this, _closing);
                }
                opened = _opened.Task;
            }
            await opened.WaitAsync(stop);
        }
    }

    private void Leave(CancellationTokenSource closing)
    {
        TaskCompletionSource letGo;
        lock (_lock)
        {
            if (Interlocked.CompareExchange(ref _closing, null, closing) == closing)
                closing.Dispose();
            letGo = _letGo;
        }
        letGo.TrySetResult();
    }

    private static TaskCompletionSource Fresh(bool isDone)
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (isDone)
            source.SetResult();
        return source;
    }

    /// <summary>Leave to work until <see cref="Closing"/>.</summary>
    internal sealed class Pass(LaneGate gate, CancellationTokenSource closing) : IDisposable
    {
        /// <summary>Cancelled when the gate closes, or the gateway stops.</summary>
        public CancellationToken Closing { get; } = closing.Token;

        public void Dispose() => gate.Leave(closing);
    }
}
