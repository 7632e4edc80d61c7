using System.Text.Json;

namespace Bellhop.Agents.Acp;

/// <summary>
/// Requests for leave that a turn has not answered yet. Each is answered once, by whoever comes first: the person, or
/// the end of the turn.
/// </summary>
internal sealed class AcpWaiting
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, JsonElement> _ids = new(StringComparer.Ordinal);
    private string? _session;

    /// <summary>From here on requests of this session wait.</summary>
    public void Begin(string session)
    {
        lock (_lock)
            _session = session;
    }

    /// <summary>False where no turn of the session is under way, so that nobody would answer.</summary>
    public bool TryAdd(AcpMessage request)
    {
        lock (_lock)
            return _session is not null
                && request.Params.Text("sessionId") == _session
                && _ids.TryAdd(request.Id.GetRawText(), request.Id);
    }

    /// <summary>True for the first who wants to answer it.</summary>
    public bool TryTake(JsonElement id)
    {
        lock (_lock)
            return _ids.Remove(id.GetRawText());
    }

    /// <summary>From here on none waits; those that did.</summary>
    public IReadOnlyList<JsonElement> End()
    {
        lock (_lock)
        {
            JsonElement[] waiting = [.. _ids.Values];
            _ids.Clear();
            _session = null;
            return waiting;
        }
    }
}
