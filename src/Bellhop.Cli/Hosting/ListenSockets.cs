using System.Net;
using System.Net.Sockets;
using Bellhop.Cli.Setup;

namespace Bellhop.Cli.Hosting;

/// <summary>
/// The sockets we listen on, taken before anything else starts: a taken port is found out at once and said in our words,
/// and nobody can take one between the check and the use.
/// </summary>
internal sealed class ListenSockets : IDisposable
{
    /// <summary>Connections that may wait to be accepted; the kernel cuts it to its own limit.</summary>
    private const int Backlog = 512;

    private readonly Dictionary<string, Socket> _sockets = [];

    /// <summary>Takes a TCP address; null when it is taken already.</summary>
    /// <exception cref="CommandException">The address is none of this machine's, or this user may not.</exception>
    public IPEndPoint? TryTake(Endpoint endpoint)
    {
        var wanted = new IPEndPoint(endpoint.Address, endpoint.Port);
        var socket = new Socket(wanted.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(wanted);
            socket.Listen(Backlog);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            if (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
                return null;
            throw new CommandException($"Cannot listen on {endpoint}: {e.Message}", ExitCode.Configuration);
        }
        return Keep(socket, (IPEndPoint)socket.LocalEndPoint!);
    }

    /// <summary>Takes the Unix socket. A file of a dead run is replaced; the caller holds the home's lock, so none lives.</summary>
    public UnixDomainSocketEndPoint TakeUnix(string path)
    {
        File.Delete(path);
        var endpoint = new UnixDomainSocketEndPoint(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(endpoint);
        // Before listening nobody can connect, so there is no moment in which others could.
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        socket.Listen(Backlog);
        return Keep(socket, endpoint);
    }

    /// <summary>Hands over a socket that was taken; it is the caller's from then on.</summary>
    public Socket HandOver(EndPoint endpoint) =>
        _sockets.Remove(endpoint.ToString()!, out var socket)
            ? socket
            : throw new InvalidOperationException($"Nobody took {endpoint}.");

    /// <summary>Closes what was not handed over.</summary>
    public void Dispose()
    {
        foreach (var socket in _sockets.Values)
            socket.Dispose();
    }

    private T Keep<T>(Socket socket, T endpoint)
        where T : EndPoint
    {
        _sockets.Add(endpoint.ToString()!, socket);
        return endpoint;
    }
}
