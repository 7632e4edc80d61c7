using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Bellhop.Channels.Security;

/// <summary>The Unix socket in the home, where the file's permission is the check.</summary>
internal static class LocalSocket
{
    /// <summary>True where the listener itself says so; no header can.</summary>
    public static bool Carries(HttpContext context) =>
        context.Features.Get<IConnectionSocketFeature>()?.Socket.AddressFamily == AddressFamily.Unix;
}
