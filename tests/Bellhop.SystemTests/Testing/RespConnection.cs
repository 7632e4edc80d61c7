using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bellhop.SystemTests.Testing;

/// <summary>
/// A plain connection for the Redis protocol, one character a byte; on purpose not built on the codec under test.
/// </summary>
internal sealed class RespConnection : IDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 * 1024];
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
        await CopyLineAsync(line, limit.Token);
        return line.ToString().TrimEnd('\r', '\n');
    }

    /// <summary>One whole reply, nested ones included, as the very bytes that came.</summary>
    /// <exception cref="EndOfStreamException">The other side closed.</exception>
    public async Task<string> ReplyAsync()
    {
        using var limit = new CancellationTokenSource(Wait.Patience, TimeProvider.System);
        var reply = new StringBuilder();
        await CopyReplyAsync(reply, limit.Token);
        return reply.ToString();
    }

    /// <summary>Everything until the other side closes.</summary>
    public async Task<string> RestAsync()
    {
        using var limit = new CancellationTokenSource(Wait.Patience, TimeProvider.System);
        var rest = new StringBuilder();
        while (_start < _end || await FillAsync(limit.Token))
        {
            rest.Append(Encoding.Latin1.GetString(_buffer, _start, _end - _start));
            _start = _end;
        }
        return rest.ToString();
    }

    public void Dispose() => _client.Dispose();

    private async Task CopyReplyAsync(StringBuilder reply, CancellationToken limit)
    {
        var start = reply.Length;
        await CopyLineAsync(reply, limit);
        var line = reply.ToString(start, reply.Length - start);
        var number = int.TryParse(line[1..].TrimEnd(), out var n) ? n : 0;
        switch (line[0])
        {
            case '$' or '=' when number >= 0:
                for (var i = 0; i < number + 2; i++)
                    reply.Append(await ByteAsync(limit));
                break;
            case '*' or '~' or '>' or '%':
                for (var i = 0; i < number * (line[0] == '%' ? 2 : 1); i++)
                    await CopyReplyAsync(reply, limit);
                break;
            default:
                break;
        }
    }

    private async Task CopyLineAsync(StringBuilder text, CancellationToken limit)
    {
        do text.Append(await ByteAsync(limit));
        while (text[^1] != '\n');
    }

    private async ValueTask<char> ByteAsync(CancellationToken limit)
    {
        if (_start == _end && !await FillAsync(limit))
            throw new EndOfStreamException("The server closed the connection.");
        return (char)_buffer[_start++];
    }

    private async Task<bool> FillAsync(CancellationToken limit)
    {
        try
        {
            (_start, _end) = (0, await _client.GetStream().ReadAsync(_buffer, limit));
            return _end > 0;
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException("The server neither answered nor closed the connection.", e);
        }
    }
}
