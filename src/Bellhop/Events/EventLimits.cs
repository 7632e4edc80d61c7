namespace Bellhop.Events;

/// <summary>What one event may measure. The same everywhere, so a refusal never depends on the door.</summary>
public static class EventLimits
{
    /// <summary>One event, or one Redis bulk string, in bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>An HTTP array of events in all, in bytes.</summary>
    public const int MaxArrayBytes = 16 * 1024 * 1024;

    /// <summary>Events in one HTTP array.</summary>
    public const int MaxArrayItems = 1000;

    /// <summary>Objects and arrays inside one another.</summary>
    public const int MaxDepth = 64;

    /// <summary>Characters of <c>type</c>, and of <c>source</c> and <c>id</c>.</summary>
    public const int MaxNameLength = 256;
}
