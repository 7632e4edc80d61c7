using Bellhop.Events;

namespace Bellhop.Redis.Store;

/// <summary>Where in a Redis the events stand and how much it takes.</summary>
public sealed record RedisStoreOptions
{
    private static readonly SessionId[] Central = [SessionId.Gateway];

    /// <summary>
    /// Each takes about 1.5 KiB of the server's memory, so this is 3 GiB of backlog: what a loop gone wild must meet before
    /// the server meets its maxmemory.
    /// </summary>
    public const long DefaultMaxUnfinished = 2_000_000;

    /// <summary>What every key begins with; ours begin with <c>{prefix}:bellhop:</c>. The default value is <c>agent</c>.</summary>
    public string Prefix { get; init; } = "agent";

    /// <summary>Unfinished deliveries beyond which appends are refused. The default value is 2,000,000.</summary>
    public long MaxUnfinished { get; init; } = DefaultMaxUnfinished;

    /// <summary>
    /// The sessions that a lane of ours serves, asked before every call. Events for any other are handed over on its list.
    /// The default value is central alone, always.
    /// </summary>
    public Func<IReadOnlyList<SessionId>> Served { get; init; } = static () => Central;

    /// <summary>
    /// The number of the lease of central under which we work, asked before every call that only central may make; null =
    /// there is no other gateway. With an older number than the one in Redis such a call changes nothing. The default value
    /// is null always.
    /// </summary>
    public Func<long?> Fence { get; init; } = static () => null;

    /// <summary>
    /// The same, but only while we are central: of a term that is over nothing follows for what any gateway may do. The
    /// default value is null always.
    /// </summary>
    public Func<long?> Term { get; init; } = static () => null;

    /// <summary>
    /// Told, in words for a person, that everything the store held is gone (FLUSHALL, a server without persistence). On
    /// the caller's thread or the connection's: it must be quick. The default value does nothing.
    /// </summary>
    public Action<string> DataLost { get; init; } = static _ => { };

    /// <summary>
    /// Told, in words for a person, why the server refuses for now what must be done and is tried again; null when
    /// nothing waits for that any more. On the caller's thread or the connection's: it must be quick. The default value
    /// does nothing.
    /// </summary>
    public Action<string?> Refused { get; init; } = static _ => { };
}
