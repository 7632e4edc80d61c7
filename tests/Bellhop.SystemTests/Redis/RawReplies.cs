using System.Net.Sockets;
using System.Text;
using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Redis;

/// <summary>A connection that returns replies as the very bytes that came; on purpose not built on the codec under test.</summary>
internal sealed class RawReplies : IDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    public static async Task<RawReplies> OpenAsync(int port)
    {
        var connection = new RawReplies();
        await connection._client.ConnectAsync("127.0.0.1", port);
        return connection;
    }

    public async Task SendAsync(byte[] bytes) => await _client.GetStream().WriteAsync(bytes);

    /// <summary>One whole reply, nested ones included, one character a byte.</summary>
    public async Task<string> ReadAsync()
    {
        var reply = new StringBuilder();
        await CopyReplyAsync(reply);
        return reply.ToString();
    }

    /// <summary>Everything until the other side closes.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var rest = new StringBuilder();
        while (await FillAsync())
        {
            rest.Append(Encoding.Latin1.GetString(_buffer, _start, _end - _start));
            _start = _end;
        }
        return rest.ToString();
    }

    public void Dispose() => _client.Dispose();

    private async Task CopyReplyAsync(StringBuilder reply)
    {
        var line = await LineAsync();
        reply.Append(line);
        var number = int.TryParse(line[1..].TrimEnd(), out var n) ? n : 0;
        switch (line[0])
        {
            case '$' or '=' when number >= 0:
                for (var i = 0; i < number + 2; i++)
                    reply.Append(await ByteAsync());
                break;
            case '*' or '~' or '>' or '%':
                for (var i = 0; i < number * (line[0] == '%' ? 2 : 1); i++)
                    await CopyReplyAsync(reply);
                break;
            default:
                break;
        }
    }

    private async Task<string> LineAsync()
    {
        var line = new StringBuilder();
        do line.Append(await ByteAsync());
        while (line[^1] != '\n');
        return line.ToString();
    }

    private async ValueTask<char> ByteAsync()
    {
        if (_start == _end && !await FillAsync())
            throw new EndOfStreamException("The server closed the connection.");
        return (char)_buffer[_start++];
    }

    private async Task<bool> FillAsync()
    {
        using var limit = new CancellationTokenSource(Wait.Patience, TimeProvider.System);
        (_start, _end) = (0, await _client.GetStream().ReadAsync(_buffer, limit.Token));
        return _end > 0;
    }
}
