using System.Net;
using System.Net.Sockets;
using System.Text;
using Bellhop.Cli.Setup;

namespace Bellhop.Cli.Hosting;

/// <summary>Where the Redis protocol is spoken.</summary>
/// <param name="Endpoint">The address taken; null = nowhere.</param>
/// <param name="Notice">What a person should know about it.</param>
internal sealed record RespAddress(IPEndPoint? Endpoint, string? Notice)
{
    /// <summary>Producers look for Redis here.</summary>
    private const int RedisPort = 6379;

    /// <summary>Tried in this order where Redis' own port is taken, so that the next start finds the same one.</summary>
    private static readonly IEnumerable<int> Others = Enumerable.Range(RedisPort + 1, 20).Append(0);

    /// <summary>A Redis on this machine answers in less than a millisecond; one that hangs must not hold up the start.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromMilliseconds(300);

    /// <summary>Takes the configured address, or beside another Redis the next free port.</summary>
    /// <exception cref="CommandException">The address is taken and is not Redis' own.</exception>
    public static async Task<RespAddress> TakeAsync(Endpoint? wanted, ListenSockets sockets, CancellationToken cancel)
    {
        if (wanted is null)
            return new RespAddress(null, null);
        if (sockets.TryTake(wanted) is { } endpoint)
            return new RespAddress(endpoint, null);
        if (wanted.Port != RedisPort)
            throw new CommandException(
                $"bus.resp: {wanted} is taken by another program. Stop that program, or set bus.resp to another address.",
                ExitCode.Failed
            );
        var who = await AnswersPingAsync(wanted, cancel) ? "A Redis" : "Another program";
        var other = Others.Select(port => sockets.TryTake(wanted with { Port = port })).First(e => e is not null)!;
        return new RespAddress(
            other,
            $"{who} is on {wanted}, so the Redis protocol is spoken on {other}: lines sent to port {RedisPort} are not seen. "
                + $"Send them to port {other.Port} (redis-cli -p {other.Port}), or stop the other program and start Bellhop again."
        );
    }

    /// <summary>True where somebody speaks the protocol; one that wants a password does so too.</summary>
    private static async Task<bool> AnswersPingAsync(Endpoint endpoint, CancellationToken cancel)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        enough.CancelAfter(AnswerTimeout);
        using var socket = new Socket(endpoint.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(endpoint.Address, endpoint.Port), enough.Token);
            await socket.SendAsync("PING\r\n"u8.ToArray(), enough.Token);
            var answer = new byte[64];
            var length = await socket.ReceiveAsync(answer, enough.Token);
            var text = Encoding.ASCII.GetString(answer, 0, length);
            return text.StartsWith("+PONG", StringComparison.Ordinal)
                || text.StartsWith("-NOAUTH", StringComparison.Ordinal);
        }
        catch (Exception e)
            when (e is SocketException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return false;
        }
    }
}
