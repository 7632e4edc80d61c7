namespace Bellhop.Channels.Http;

/// <summary>How the HTTP door is built.</summary>
public sealed record HttpChannelOptions
{
    /// <summary>The file with the token; made when missing.</summary>
    public required string TokenFile { get; init; }

    /// <summary>The Unix socket that needs no token, closed to others once it listens. The default value is null: none.</summary>
    public string? SocketPath { get; init; }

    /// <summary>Names beside loopback that a request may call us by, without port; asked at each. The default value is none.</summary>
    public Func<IReadOnlyList<string>> AllowedHosts { get; init; } = () => [];

    /// <summary>Origins beside our own, as <c>https://name:port</c>. The default value is none.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>How long half a request may take to go on. The default value is 30 s; less than 2 s is too short for Kestrel's clock.</summary>
    public TimeSpan HalfRequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Connections at once, at each address of the server. The default value is 2,000: above what any door that shares the
    /// server allows itself, for that one says why it refuses and this one just closes.
    /// </summary>
    public int MaxConnections { get; init; } = 2000;

    /// <summary>Upgraded connections (WebSockets) at once. The default value is 100; the framework's is no limit.</summary>
    public int MaxUpgradedConnections { get; init; } = 100;

    /// <summary>Requests that wait for something (<c>wait</c>, <c>follow</c>) at once. The default value is 256.</summary>
    public int MaxWaiting { get; init; } = 256;

    /// <summary>Bytes of request bodies in memory at once. The default value is 64 MiB: four of the largest.</summary>
    public long MaxBodyBytes { get; init; } = 64 * 1024 * 1024;
}
