namespace Bellhop.Agents;

/// <summary>Which prompts this instance has run, for an agent that keeps no transcript. The oldest are forgotten.</summary>
internal sealed class RunMemory
{
    // A lane asks about its latest turn; more than a few would do.
    private const int Kept = 256;

    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, bool> _over = new(StringComparer.Ordinal);

    /// <summary>A run begins.</summary>
    public void Began(string marker) => Set(marker, over: false);

    /// <summary>The run is over, whatever came of it.</summary>
    public void Ended(string marker) => Set(marker, over: true);

    /// <summary>True when this instance saw the run end; false when it goes on, or was never seen.</summary>
    public bool IsOver(string marker)
    {
        lock (_lock)
            return _over.GetValueOrDefault(marker);
    }

    private void Set(string marker, bool over)
    {
        lock (_lock)
        {
            _over[marker] = over;
            if (_over.Count > Kept)
                _over.RemoveAt(0);
        }
    }
}
