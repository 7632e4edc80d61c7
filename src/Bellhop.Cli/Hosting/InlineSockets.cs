using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace Bellhop.Cli.Hosting;

/// <summary>
/// Runs what arrives on the thread that waits for sockets, instead of waking one of the pool for it, which takes an event
/// longer than everything else but the disk. In return nothing that a socket sets off may block: reads of the store and
/// writes to the spool go to the pool by themselves.
/// </summary>
internal static class InlineSockets
{
    // The runtime reads it once, before the first socket, and knows no other way:
    // https://learn.microsoft.com/dotnet/api/microsoft.aspnetcore.server.kestrel.transport.sockets.sockettransportoptions.unsafepreferinlinescheduling
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Call it before the first socket of the process.</summary>
    public static void Enable() => Environment.SetEnvironmentVariable(Variable, "1");

    /// <summary>The same for the server, which would change threads by itself.</summary>
    public static IServiceCollection AddInlineSockets(this IServiceCollection services) =>
        services.Configure<SocketTransportOptions>(sockets => sockets.UnsafePreferInlineScheduling = true);
}
