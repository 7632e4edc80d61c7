using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Bellhop.Bench.Subjects;

internal static class Listening
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>A port does not signal; a refused connection costs it nothing.</summary>
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits until a process takes connections.</summary>
    public static async Task WaitAsync(IPEndPoint endPoint, ChildProcess process, CancellationToken cancel)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await TryConnectAsync(endPoint, cancel))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(start) > Patience)
                throw new BenchException($"Nothing listens on {endPoint}: {process.Words}");
            await Task.Delay(BetweenTries, TimeProvider.System, cancel);
        }
    }

    private static async Task<bool> TryConnectAsync(IPEndPoint endPoint, CancellationToken cancel)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endPoint, cancel);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
