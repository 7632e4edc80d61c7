namespace Bellhop.Redis.Resp;

/// <summary>What a server may answer us. Knows nothing of events: <c>Bellhop.Client</c> is compiled with it.</summary>
internal static class RespReplyLimits
{
    /// <summary>The line that declares a length, and a status or an error: Redis' own limit.</summary>
    public const int MaxLineBytes = 64 * 1024;

    /// <summary>One bulk string: a batch of the largest events.</summary>
    public const int MaxBulkBytes = 64 * 1024 * 1024;

    /// <summary>Elements of one aggregate.</summary>
    public const int MaxElements = 1024 * 1024;

    /// <summary>Aggregates inside one another; COMMAND DOCS needs seven.</summary>
    public const int MaxDepth = 32;
}
