namespace Bellhop.Redis.Store;

/// <summary>The calls under way, so that a store that closes lets them end first.</summary>
internal sealed class OpenCalls
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open;
    private bool _closed;

    /// <exception cref="Bellhop.Store.StoreException">The store is closed.</exception>
    public void Enter()
    {
        lock (_lock)
        {
            if (_closed)
                throw StoreErrors.Closed();
            _open++;
        }
    }

    public void Exit()
    {
        lock (_lock)
        {
            if (--_open == 0 && _closed)
                _drained.TrySetResult();
        }
    }

    /// <summary>Lets nobody in any more. The task ends when everybody is out.</summary>
    public Task CloseAsync()
    {
        lock (_lock)
        {
            _closed = true;
            if (_open == 0)
                _drained.TrySetResult();
        }
        return _drained.Task;
    }
}
