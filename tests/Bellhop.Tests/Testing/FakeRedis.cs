using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Bellhop.Redis.Client;
using Bellhop.Redis.Resp;

namespace Bellhop.Tests.Testing;

/// <summary>
/// A server that answers as a test says. <see cref="Answer"/> gets a command's words and returns the raw reply, or null for
/// silence; the greeting is answered as a Redis 7 primary does unless the test answers it itself.
/// </summary>
internal sealed class FakeRedis : IAsyncDisposable
{
    public const string Pong = "+PONG\r\n";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentBag<Socket> _sockets = [];
    private readonly Task _accepting;

    public FakeRedis()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Func<string[], string?> Answer { get; set; } = _ => "+OK\r\n";

    /// <summary>What the greeting says.</summary>
    public string Role { get; set; } = "master";

    public string Version { get; set; } = "7.4.0";

    /// <summary>Every command after the greeting.</summary>
    public ConcurrentQueue<string> Heard { get; } = new();

    public int Connections => _sockets.Count;

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public RedisEndpoint Endpoint => RedisEndpoint.Parse($"redis://127.0.0.1:{Port}");

    /// <summary>Closes every connection, as a killed server does.</summary>
    public void DropAll()
    {
        foreach (var socket in _sockets)
            socket.Close(0);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        DropAll();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_end.Token);
                _sockets.Add(socket);
                serving.Add(Task.Run(() => ServeAsync(socket), CancellationToken.None));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            var (input, requests) = (PipeReader.Create(stream), new RespRequestReader());
            while (true)
            {
                var read = await input.ReadAsync(_end.Token);
                if (read.IsCompleted)
                    return;
                var buffer = read.Buffer;
                for (var r = requests.Read(ref buffer); r.Kind == RequestKind.Command; r = requests.Read(ref buffer))
                {
                    string[] words = [.. r.Arguments.Select(Encoding.UTF8.GetString)];
                    if (Reply(words) is { } reply)
                        await stream.WriteAsync(Encoding.UTF8.GetBytes(reply), _end.Token);
                }
                input.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            return; // the other end, or the test, is done
        }
    }

    private string? Reply(string[] words)
    {
        if (words[0] is not ("HELLO" or "SELECT" or "PING"))
            Heard.Enqueue(string.Join(' ', words));
        return Answer(words) switch
        {
            "+OK\r\n" when words[0] == "HELLO" => Hello(),
            "+OK\r\n" when words[0] == "PING" => Pong,
            var answer => answer,
        };
    }

    private string Hello() =>
        $"%4\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n${Version.Length}\r\n{Version}\r\n"
        + $"$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n${Role.Length}\r\n{Role}\r\n";
}
