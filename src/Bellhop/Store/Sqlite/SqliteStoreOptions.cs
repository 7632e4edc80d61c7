namespace Bellhop.Store.Sqlite;

/// <summary>Where the embedded store lives and how much it takes.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>
    /// Each takes about 1 KiB of disk, so this is 2 GiB of backlog: weeks of a busy machine, or minutes of a loop gone
    /// wild, which must meet a refusal before it meets the end of the disk.
    /// </summary>
    public const long DefaultMaxUnfinished = 2_000_000;

    /// <summary>What the machine needs to stay usable, and the store to record how the accepted deliveries end.</summary>
    public const long DefaultMinFreeDisk = 512L * 1024 * 1024;

    /// <summary>The file, for example <c>~/.bellhop/state.db</c>. Made with its folder, readable by its owner only.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// How the keys begin, before the session's name, under which a terminal writes down what it has in hand before it says
    /// a word of it. The default value is <c>agent:claim:</c>.
    /// </summary>
    public string ClaimKeys { get; init; } = "agent:claim:";

    /// <summary>Unfinished deliveries beyond which appends are refused. The default value is 2,000,000.</summary>
    public long MaxUnfinished { get; init; } = DefaultMaxUnfinished;

    /// <summary>Free bytes on the disk below which appends are refused. The default value is 512 MiB.</summary>
    public long MinFreeDisk { get; init; } = DefaultMinFreeDisk;
}
