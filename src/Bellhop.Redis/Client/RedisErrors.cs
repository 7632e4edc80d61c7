namespace Bellhop.Redis.Client;

/// <summary>What the errors of a Redis mean for the person who runs it, with the mend.</summary>
internal static class RedisErrors
{
    /// <summary>The server was demoted: the one that takes writes is elsewhere now.</summary>
    public const string ReadOnly = "READONLY";

    /// <summary>The script is not loaded.</summary>
    public const string NoScript = "NOSCRIPT";

    /// <summary>The first word of an error line.</summary>
    public static string CodeOf(string line) => line.Split(' ', 2)[0];

    /// <summary>True where the connection leads to a server that cannot serve us: asking elsewhere may help.</summary>
    public static bool IsWrongServer(string code) =>
        code is ReadOnly or "MASTERDOWN" or "LOADING" or "MOVED" or "CLUSTERDOWN";

    /// <summary>What went wrong, as a sentence.</summary>
    public static string Sentence(Exception e) => $"{e.Message.TrimEnd('.')}.";

    /// <summary>What happened and what to do.</summary>
    public static string Explain(string line) =>
        CodeOf(line) switch
        {
            "NOAUTH" => "Redis wants a password. Put it into bus.url: redis://:PASSWORD@host:6379.",
            "WRONGPASS" => "Redis refuses the user or the password. Mend them in bus.url.",
            "NOPERM" =>
                $"The Redis user may not do this ({line}). Give it ~PREFIX:* &PREFIX:* +@all -@dangerous, or use another user.",
            ReadOnly => "This Redis is a read-only replica. Name the primary in bus.url, or use redis+sentinel://.",
            "OOM" =>
                "Redis is out of memory (maxmemory) and takes no writes. Raise maxmemory or delete what is not needed.",
            "MISCONF" =>
                $"Redis cannot write to its disk and takes no writes ({line}). Free disk space on its machine.",
            "LOADING" => "Redis is loading its data from disk. It will answer when it is done.",
            "MASTERDOWN" =>
                "This Redis is a replica that lost its primary. Name the primary in bus.url, or use redis+sentinel://.",
            "MOVED" or "ASK" or "CLUSTERDOWN" or "CROSSSLOT" =>
                "This is a Redis Cluster, which keeps keys on several servers; use a single Redis, with Sentinel for fail-over.",
            "NOREPLICAS" => "Redis has too few replicas to take writes (min-replicas-to-write). Bring a replica back.",
            "BUSY" => "Redis is busy running somebody's script. It will answer when that is done.",
            _ => $"Redis answered: {line}",
        };
}
