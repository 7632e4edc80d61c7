namespace Bellhop.Redis.Client;

/// <summary>How patient a client is.</summary>
internal sealed record RedisClientOptions
{
    /// <summary>Calls that wait for their reply at once; more wait to be sent. Far above what our own loops need.</summary>
    public const int MaxInFlight = 1024;

    /// <summary>How the server lists the connection (CLIENT LIST). The default value is <c>bellhop</c>.</summary>
    public string Name { get; init; } = "bellhop";

    /// <summary>One of several connections to the same server, of which another one reports losses. The default value is false.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>Silence after which a call's connection counts as broken. The default value is 5 s.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From the first byte out to the end of the greeting. The default value is 3 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The first wait before connecting again; doubled up to <see cref="MaxPause"/>. The default value is 50 ms.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest wait before connecting again. The default value is 2 s.</summary>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromSeconds(2);
}
