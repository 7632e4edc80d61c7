using Bellhop.Channels.Http;
using Microsoft.AspNetCore.Http;

namespace Bellhop.Channels.Security;

/// <summary>Refuses what a web page of somebody else makes a browser send. Programs send neither header.</summary>
internal static class RequestOrigin
{
    /// <summary>True without an Origin, with our own, and with a configured one; and unless the browser says cross-site.</summary>
    public static bool Allow(HttpRequest request, HttpChannelOptions options)
    {
        var origin = request.Headers.Origin;
        var own = $"{request.Scheme}://{request.Host}";
        var isOwn =
            origin.Count == 0
            || (
                origin.Count == 1
                && (
                    string.Equals(origin[0], own, StringComparison.OrdinalIgnoreCase)
                    || options.AllowedOrigins.Contains(origin[0]!, StringComparer.OrdinalIgnoreCase)
                )
            );
        var site = request.Headers["Sec-Fetch-Site"];
        return isOwn && (site.Count == 0 || (site.Count == 1 && site[0] is "same-origin" or "none"));
    }
}
