using System.Net;
using System.Net.Sockets;
using Bellhop.Cli.Setup;

namespace Bellhop.Cli.Hosting;

/// <summary>The addresses we took.</summary>
/// <param name="Http">HTTP, WebSocket and the page.</param>
/// <param name="Resp">The Redis protocol.</param>
/// <param name="Local">The Unix socket in the home.</param>
internal sealed record Addresses(IPEndPoint Http, RespAddress Resp, UnixDomainSocketEndPoint Local)
{
    /// <summary>The page's address as a person opens it: an address that means "all" is not one.</summary>
    public string HttpUrl =>
        Http.Address.Equals(IPAddress.Any) ? $"http://127.0.0.1:{Http.Port}"
        : Http.Address.Equals(IPAddress.IPv6Any) ? $"http://[::1]:{Http.Port}"
        : $"http://{Http}";

    /// <summary>Takes them all.</summary>
    /// <exception cref="CommandException">One is taken or cannot be; the message says which and the mend.</exception>
    public static async Task<Addresses> TakeAsync(
        Home home,
        BellhopOptions options,
        ListenSockets sockets,
        CancellationToken cancel
    )
    {
        var http =
            sockets.TryTake(options.Listen)
            ?? throw new CommandException(
                $"listen: {options.Listen} is taken by another program. Stop that program, or set listen (BELLHOP__LISTEN) to another address, such as 127.0.0.1:0 for any free port."
            );
        var resp = await RespAddress.TakeAsync(options.Bus.Resp, sockets, cancel);
        return new Addresses(http, resp, sockets.TakeUnix(home.Socket));
    }
}
