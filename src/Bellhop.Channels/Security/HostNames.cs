using System.Net;
using Bellhop.Channels.Http;
using Microsoft.AspNetCore.Http;

namespace Bellhop.Channels.Security;

/// <summary>
/// The names a request may call us by. A web page that points its own name at 127.0.0.1 (DNS rebinding) is found out by
/// its Host header; an address literal cannot be pointed anywhere.
/// </summary>
internal sealed class HostNames(HttpChannelOptions options)
{
    /// <summary>True for loopback, for the address the request came in by, and for configured names.</summary>
    public bool Allow(HostString host, IPAddress? local)
    {
        if (host.Host is not { Length: > 0 } name)
            return false;
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || options.AllowedHosts().Contains(name, StringComparer.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name, out var address) && (IPAddress.IsLoopback(address) || IsSame(address, local)));
    }

    private static bool IsSame(IPAddress address, IPAddress? local) =>
        local is not null && Addresses.Canonical(address).Equals(Addresses.Canonical(local));
}
