namespace Bellhop.Redis.Listener;

/// <summary>Who waits for which key: WATCHing clients and blocked BLMOVEs.</summary>
internal sealed class KeyListeners
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<IKeyListener>> _byKey = [];

    public void Add(string key, IKeyListener listener)
    {
        lock (_lock)
        {
            if (!_byKey.TryGetValue(key, out var listeners))
                _byKey[key] = listeners = [];
            listeners.Add(listener);
        }
    }

    public void Remove(string key, IKeyListener listener)
    {
        lock (_lock)
        {
            if (_byKey.TryGetValue(key, out var listeners) && listeners.Remove(listener) && listeners.Count == 0)
                _byKey.Remove(key);
        }
    }

    /// <summary>The key was written, or rows of it became visible again. First come, first told.</summary>
    public void Touch(string key)
    {
        lock (_lock)
        {
            if (!_byKey.TryGetValue(key, out var listeners))
                return;
            foreach (var listener in listeners)
                listener.KeyTouched(key);
        }
    }

    /// <summary>All may have changed.</summary>
    public void TouchAll()
    {
        lock (_lock)
        {
            foreach (var (key, listeners) in _byKey)
                listeners.ForEach(l => l.KeyTouched(key));
        }
    }
}
