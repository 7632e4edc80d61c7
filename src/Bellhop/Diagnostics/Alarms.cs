using Microsoft.Extensions.Logging;

namespace Bellhop.Diagnostics;

/// <summary>Something a person should know now.</summary>
/// <param name="Name">What it is about, stable: <c>agent:gateway</c>, <c>dead</c>.</param>
/// <param name="Message">What happened and the mend.</param>
/// <param name="Since">When it was raised.</param>
public sealed record Alarm(string Name, string Message, DateTimeOffset Since);

/// <summary>Open alarms, one per name however often it is raised. Bounded: beyond 200 the oldest is let go.</summary>
public sealed partial class Alarms(TimeProvider time, ILogger<Alarms> logger)
{
    private const int Capacity = 200;

    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, Alarm> _open = [];

    /// <summary>The open ones, oldest first.</summary>
    public IReadOnlyList<Alarm> Open
    {
        get
        {
            lock (_lock)
                return [.. _open.Values];
        }
    }

    /// <summary>Raises an alarm; a second one of the same name changes nothing. Returns true when it is new.</summary>
    public bool Raise(string name, string message)
    {
        lock (_lock)
        {
            if (!_open.TryAdd(name, new Alarm(name, message, time.GetUtcNow())))
                return false;
            if (_open.Count > Capacity)
                _open.RemoveAt(0);
        }
        Log.Raised(logger, name, message);
        return true;
    }

    /// <summary>Raises an alarm, or says an open one anew where its words have changed. Returns true when it said something.</summary>
    public bool Restate(string name, string message)
    {
        lock (_lock)
        {
            if (_open.TryGetValue(name, out var open) && open.Message != message)
                _open[name] = open with { Message = message };
            else
                return Raise(name, message);
        }
        Log.Raised(logger, name, message);
        return true;
    }

    /// <summary>The cause is gone. Returns true when the alarm was open.</summary>
    public bool Clear(string name)
    {
        lock (_lock)
        {
            if (!_open.Remove(name))
                return false;
        }
        Log.Cleared(logger, name);
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(100, LogLevel.Warning, "Alarm {Name}: {Message}")]
        public static partial void Raised(ILogger logger, string name, string message);

        [LoggerMessage(101, LogLevel.Information, "Alarm {Name} is over")]
        public static partial void Cleared(ILogger logger, string name);
    }
}
