namespace Bellhop.Store;

/// <summary>A caller or a file broke the store's contract: a move that no state allows, a newer schema, a damaged file.</summary>
public sealed class StoreException : BellhopException
{
    /// <summary>Says what was broken and, where there is one, the mend.</summary>
    public StoreException(string message, Exception? inner = null)
        : base(message, inner) { }

    /// <summary>True where the disk had no room for the change; it can be asked for again once there is some.</summary>
    public bool IsDiskFull { get; init; }
}
