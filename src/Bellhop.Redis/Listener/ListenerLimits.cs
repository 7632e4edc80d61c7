namespace Bellhop.Redis.Listener;

/// <summary>What the clients of the listener may use of us, all together and each.</summary>
internal static class ListenerLimits
{
    /// <summary>Clients at once: four times the producers we measure with; each costs some 10 KiB when idle.</summary>
    public const int MaxConnections = 1024;

    /// <summary>Appends of one connection that may wait for their sync at once: one group commit holds about as many.</summary>
    public const int MaxOutstandingAppends = 1024;

    /// <summary>Replies not yet taken by the client; then we read no further command of it. Redis' own block size times 16.</summary>
    public const int MaxUnsentReplyBytes = 256 * 1024;

    /// <summary>Pushed messages not yet taken; a slower subscriber is disconnected (Redis' soft limit for pub/sub).</summary>
    public const int MaxUnsentPushBytes = 8 * 1024 * 1024;

    /// <summary>Commands queued between MULTI and EXEC.</summary>
    public const int MaxQueuedCommands = 10_000;

    /// <summary>Bytes queued between MULTI and EXEC: as much as an HTTP array of events.</summary>
    public const int MaxQueuedBytes = 16 * 1024 * 1024;

    /// <summary>Channels, patterns and watched keys of one connection, each.</summary>
    public const int MaxSubscriptions = 10_000;

    /// <summary>Rows of an event list that one view shows: the oldest come first, the rest once these are taken.</summary>
    public const int MaxViewRows = 1000;

    /// <summary>Bytes of the rows that one view shows.</summary>
    public const int MaxViewBytes = 16 * 1024 * 1024;

    /// <summary>Rows leased to one connection and not yet taken.</summary>
    public const int MaxLeasedRows = 10_000;

    /// <summary>Bytes of the rows leased to one connection.</summary>
    public const int MaxLeasedBytes = 64 * 1024 * 1024;

    /// <summary>Wrong passwords of one address in a minute.</summary>
    public const int MaxWrongPasswords = 10;

    /// <summary>Addresses whose wrong passwords are counted at once; beyond, they share one count.</summary>
    public const int MaxCountedAddresses = 10_000;
}
