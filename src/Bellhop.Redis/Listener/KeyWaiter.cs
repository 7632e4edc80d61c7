namespace Bellhop.Redis.Listener;

/// <summary>One blocked command: wakes when its key is touched. Registered before the first try, so no touch is missed.</summary>
internal sealed class KeyWaiter : IKeyListener, IDisposable
{
    private readonly KeyListeners _listeners;
    private readonly string _key;
    private volatile TaskCompletionSource _touched = Fresh();

    public KeyWaiter(KeyListeners listeners, string key)
    {
        _listeners = listeners;
        _key = key;
        listeners.Add(key, this);
    }

    /// <summary>Call before each try.</summary>
    public void Reset() => _touched = Fresh();

    /// <summary>Ends at the first touch since <see cref="Reset"/>.</summary>
    public Task Touched => _touched.Task;

    public void KeyTouched(string key) => _touched.TrySetResult();

    public void Dispose() => _listeners.Remove(_key, this);

    private static TaskCompletionSource Fresh() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
