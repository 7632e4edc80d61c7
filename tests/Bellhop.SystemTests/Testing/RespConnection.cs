using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bellhop.SystemTests.Testing;

/// <summary>A plain connection for the Redis protocol, on purpose not built on the codec under test.</summary>
internal sealed class RespConnection : IDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };
    private readonly byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;

    public int LocalPort => ((IPEndPoint)_client.Client.LocalEndPoint!).Port;

    public static async Task<RespConnection> OpenAsync(int port)
    {
        var connection = new RespConnection();
        await connection._client.ConnectAsync("127.0.0.1", port);
        return connection;
    }

    /// <summary>Sends a command and returns the first line of its answer.</summary>
    public async Task<string> CommandAsync(params string[] words)
    {
        await SendAsync(Frame(words));
        return await LineAsync();
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _client.GetStream().WriteAsync(bytes);

    public static byte[] Frame(params string[] words) => Frame([.. words.Select(Encoding.UTF8.GetBytes)]);

    public static byte[] Frame(params byte[][] words)
    {
        using var frame = new MemoryStream();
        frame.Write(Encoding.ASCII.GetBytes($"*{words.Length}\r\n"));
        foreach (var word in words)
        {
            frame.Write(Encoding.ASCII.GetBytes($"${word.Length}\r\n"));
            frame.Write(word);
            frame.Write("\r\n"u8);
        }
        return frame.ToArray();
    }

    /// <summary>The next line without its end.</summary>
    /// <exception cref="EndOfStreamException">The other side closed.</exception>
    public async Task<string> LineAsync(TimeSpan? atMost = null)
    {
        using var limit = new CancellationTokenSource(atMost ?? Wait.Patience, TimeProvider.System);
        var line = new StringBuilder();
        while (true)
        {
            if (_start == _end)
            {
                (_start, _end) = (0, await ReadAsync(limit.Token));
                if (_end == 0)
                    throw new EndOfStreamException("The gateway closed the connection.");
            }
            var c = (char)_buffer[_start++];
            if (c == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append(c);
        }
    }

    private async Task<int> ReadAsync(CancellationToken limit)
    {
        try
        {
            return await _client.GetStream().ReadAsync(_buffer, limit);
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException("The gateway neither answered nor closed the connection.", e);
        }
    }

    public void Dispose() => _client.Dispose();
}
