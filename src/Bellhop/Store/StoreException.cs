namespace Bellhop.Store;

/// <summary>A caller or a file broke the store's contract: a move that no state allows, a newer schema, a damaged file.</summary>
public sealed class StoreException : BellhopException
{
    /// <summary>Says what was broken and, where there is one, the mend.</summary>
    public StoreException(string message, Exception? inner = null)
        : base(message, inner) { }

    /// <summary>True where the disk had no room for the change; it can be asked for again once there is some.</summary>
    public bool IsDiskFull { get; init; }

    /// <summary>
    /// True where the place of the events cannot take or give anything now (it is away, read-only, out of memory, refuses
    /// us): the same call may succeed later, and an event with the same key is never stored twice.
    /// </summary>
    public bool IsAway { get; init; }

    /// <summary>True where another gateway is central by now: nothing was changed, and this one must stop its lanes.</summary>
    public bool IsFenced { get; init; }

    /// <inheritdoc />
    public override bool IsPassing => IsDiskFull || IsAway || IsFenced;
}
