using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Bellhop.Redis.Resp;

namespace Bellhop.Client.Redis;

/// <summary>One connection to a Redis. Not for two callers at once; of no use after a fault.</summary>
internal sealed class RedisConnection : IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly PipeReader _input;
    private readonly RespReplyReader _reader = new();

    private RedisConnection(Stream stream) => (_stream, _input) = (stream, PipeReader.Create(stream));

    /// <summary>Connects, signs in and selects the database. Null with the error where Redis says no.</summary>
    public static async Task<(RedisConnection? Connection, RespError? Error)> OpenAsync(
        RedisAddress address,
        CancellationToken cancel
    )
    {
        var connection = new RedisConnection(await ConnectAsync(address, cancel));
        try
        {
            var replies = await connection.SendAsync([.. Greeting(address)], cancel);
            if (replies.OfType<RespError>().FirstOrDefault() is not { } error)
                return (connection, null);
            await connection.DisposeAsync();
            return (null, error);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends commands in one go and reads their replies, in order.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="RespProtocolException">The other side is no Redis.</exception>
    public async Task<IReadOnlyList<RespValue>> SendAsync(
        IReadOnlyList<IReadOnlyList<ReadOnlyMemory<byte>>> commands,
        CancellationToken cancel
    )
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var command in commands)
            RespWriter.WriteCommand(output, command);
        await _stream.WriteAsync(output.WrittenMemory, cancel);
        var replies = new List<RespValue>(commands.Count);
        while (replies.Count < commands.Count)
            replies.Add(await ReadAsync(cancel));
        return replies;
    }

    /// <summary>A command of words.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Words(params IEnumerable<string> words) =>
        [.. words.Select(w => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(w))];

    public ValueTask DisposeAsync() => _input.CompleteAsync();

    private static IEnumerable<IReadOnlyList<ReadOnlyMemory<byte>>> Greeting(RedisAddress address)
    {
        if (address.Password is { } password)
            yield return address.User is { } user ? Words("AUTH", user, password) : Words("AUTH", password);
        if (address.Database != 0)
            yield return Words("SELECT", address.Database.ToString());
    }

    private static async Task<Stream> ConnectAsync(RedisAddress address, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, cancel);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        var plain = new NetworkStream(socket, ownsSocket: true);
        if (!address.Tls)
            return plain;
        var tls = new SslStream(plain);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = address.Host },
                cancel
            );
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    private async Task<RespValue> ReadAsync(CancellationToken cancel)
    {
        while (true)
        {
            var read = await _input.ReadAsync(cancel);
            var buffer = read.Buffer;
            var isWhole = _reader.TryRead(ref buffer, out var reply);
            _input.AdvanceTo(buffer.Start, isWhole ? buffer.Start : buffer.End);
            if (isWhole)
                return reply;
            if (read.IsCompleted)
                throw new IOException("Redis closed the connection.");
        }
    }
}
