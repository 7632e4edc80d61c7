using Bellhop.Events;

namespace Bellhop.Redis.Resp;

/// <summary>What a peer may send us. Each is checked on the declared length, before a byte of it is buffered.</summary>
internal static class RespLimits
{
    /// <summary>One argument: as much as one event.</summary>
    public const int MaxBulkBytes = EventLimits.MaxBytes;

    /// <summary>All arguments of one command: four of the largest, so that no connection can hold much of our memory.</summary>
    public const int MaxRequestBytes = 4 * EventLimits.MaxBytes;

    /// <summary>What is read and thrown away to keep the connection of a client that sent too much; more closes it.</summary>
    public const int MaxSkippedBytes = 16 * 1024 * 1024;

    /// <summary>Arguments of one command: room for the longest LPUSH anybody writes, 2 MiB of references at most.</summary>
    public const int MaxArguments = 64 * 1024;

    /// <summary>An inline command, and the line that declares a length: Redis' own limit.</summary>
    public const int MaxLineBytes = RespReplyLimits.MaxLineBytes;

    /// <summary>The longest bulk string the protocol itself allows (Redis' <c>proto-max-bulk-len</c>).</summary>
    public const long MaxDeclaredBulk = 512L * 1024 * 1024;

    /// <summary>Arguments before AUTH: enough for <c>HELLO 3 AUTH user pass SETNAME name</c> (Redis' own limit).</summary>
    public const int MaxArgumentsUnauthenticated = 10;

    /// <summary>Bytes of one argument before AUTH (Redis' own limit).</summary>
    public const int MaxBulkUnauthenticated = 16 * 1024;

    /// <summary>From the first byte of a frame to its last; then the connection is closed.</summary>
    public static readonly TimeSpan FrameDeadline = TimeSpan.FromSeconds(30);
}
