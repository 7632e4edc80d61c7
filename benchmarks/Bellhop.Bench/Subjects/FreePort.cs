using System.Net;
using System.Net.Sockets;

namespace Bellhop.Bench.Subjects;

internal static class FreePort
{
    /// <summary>A loopback port that nobody listens on at this moment, for programs that must find it again after a restart.</summary>
    public static IPEndPoint Next()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
