using Bellhop.Events;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Bellhop.Channels.Http;

/// <summary>Bounds everything that happens before a request is ours.</summary>
public static class KestrelLimits
{
    /// <summary>A token and a few headers; Caddy's admin end allows 64 KiB for far more.</summary>
    private const int MaxHeaderBytes = 16 * 1024;

    /// <summary>An id of 256 characters, each of them escaped as 12.</summary>
    private const int MaxRequestLine = 8 * 1024;

    /// <summary>Browsers send about 20.</summary>
    private const int MaxHeaders = 64;

    /// <summary>Longer than the 75 s and 90 s that clients keep a connection for.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromMinutes(2);

    /// <summary>Slower than any line of this century, bytes a second.</summary>
    private const int MinBytesPerSecond = 240;

    /// <summary>Sets the limits. HTTP/1.1 only: no browser speaks HTTP/2 without TLS, and its streams would escape the count.</summary>
    public static void Apply(KestrelServerOptions kestrel, HttpChannelOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
        var limits = kestrel.Limits;
        limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        limits.MaxRequestLineSize = MaxRequestLine;
        limits.MaxRequestHeaderCount = MaxHeaders;
        limits.MaxRequestBodySize = EventLimits.MaxArrayBytes;
        limits.MaxConcurrentConnections = options.MaxConnections;
        limits.MaxConcurrentUpgradedConnections = options.MaxUpgradedConnections;
        limits.RequestHeadersTimeout = options.HalfRequestTimeout;
        limits.KeepAliveTimeout = KeepAlive;
        limits.MinRequestBodyDataRate = new MinDataRate(MinBytesPerSecond, options.HalfRequestTimeout);
        limits.MinResponseDataRate = new MinDataRate(MinBytesPerSecond, options.HalfRequestTimeout);
    }
}
