using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bellhop.Bench.Load;

/// <summary>A producer's connection: writes a command, awaits its one-line reply. Nothing is pipelined.</summary>
internal sealed class RespConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    {
        NoDelay = true,
    };
    private readonly ArrayBufferWriter<byte> _out = new();
    private readonly byte[] _in = new byte[1024];

    public static async Task<RespConnection> OpenAsync(IPEndPoint endPoint, CancellationToken cancel)
    {
        var connection = new RespConnection();
        try
        {
            await connection._socket.ConnectAsync(endPoint, cancel);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public Task LPushAsync(string key, ReadOnlyMemory<byte> body, CancellationToken cancel) =>
        SendAsync("LPUSH"u8, key, body, cancel);

    public Task PublishAsync(string channel, ReadOnlyMemory<byte> message, CancellationToken cancel) =>
        SendAsync("PUBLISH"u8, channel, message, cancel);

    public void Dispose() => _socket.Dispose();

    private Task SendAsync(ReadOnlySpan<byte> command, string key, ReadOnlyMemory<byte> value, CancellationToken cancel)
    {
        _out.ResetWrittenCount();
        _out.Write("*3\r\n"u8);
        WriteBulk(command);
        WriteBulk(Encoding.UTF8.GetBytes(key));
        WriteBulk(value.Span);
        // Blocking: it fills a socket buffer and returns, so the caller's clock and the first byte are one moment.
        _socket.Send(_out.WrittenSpan);
        return ReadReplyAsync(cancel);
    }

    private void WriteBulk(ReadOnlySpan<byte> bytes)
    {
        var header = string.Create(CultureInfo.InvariantCulture, $"${bytes.Length}\r\n");
        Encoding.ASCII.GetBytes(header, _out);
        _out.Write(bytes);
        _out.Write("\r\n"u8);
    }

    private async Task ReadReplyAsync(CancellationToken cancel)
    {
        var length = 0;
        while (length < 2 || _in[length - 1] != '\n')
        {
            var read = await _socket.ReceiveAsync(_in.AsMemory(length), cancel);
            if (read == 0)
                throw new SocketException((int)SocketError.ConnectionReset);
            length += read;
        }
        if (_in[0] != ':')
            throw new BenchException($"The bus answered {Encoding.UTF8.GetString(_in, 0, length).TrimEnd()}.");
    }
}
