using Bellhop.Redis.Resp;
using Microsoft.Extensions.Logging;

namespace Bellhop.Redis.Client;

/// <summary>
/// Hears what is published on some channels, on a connection of its own. After every loss it subscribes again and says
/// so: what was published meanwhile is gone, so everyone must look for himself.
/// </summary>
internal sealed class RedisSubscriber : IAsyncDisposable
{
    private readonly RedisClient _client;
    private readonly Action<string, ReadOnlyMemory<byte>> _onMessage;

    /// <summary>Begins to listen. Both callbacks run on the connection's own loops: they must be quick and must not throw.</summary>
    /// <param name="dialer">Where connections come from.</param>
    /// <param name="options">How patient it is.</param>
    /// <param name="channels">Names, or patterns where they hold a <c>*</c>.</param>
    /// <param name="onMessage">The channel and the body.</param>
    /// <param name="onLookAgain">After the first and every later subscription: what happened before was not heard.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told of each loss and each return.</param>
    public RedisSubscriber(
        IRedisDialer dialer,
        RedisClientOptions options,
        IReadOnlyList<string> channels,
        Action<string, ReadOnlyMemory<byte>> onMessage,
        Action onLookAgain,
        TimeProvider time,
        ILogger logger
    )
    {
        _onMessage = onMessage;
        _client = new RedisClient(
            dialer,
            options with
            {
                Name = options.Name + "-hears",
            },
            time,
            logger,
            new RedisHooks
            {
                OnPush = Hear,
                OnConnected = async connection =>
                {
                    foreach (var channel in channels)
                        await connection.CallAsync(Subscribe(channel), CancellationToken.None);
                    onLookAgain();
                },
            }
        );
    }

    /// <summary>Whether it hears now.</summary>
    public RedisHealth Health => _client.Health;

    /// <summary>Ends when it is subscribed.</summary>
    public Task WhenUpAsync(CancellationToken cancel) => _client.WhenUpAsync(cancel);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private static RedisCommand Subscribe(string channel) =>
        RedisCommand.Of(channel.Contains('*', StringComparison.Ordinal) ? "PSUBSCRIBE" : "SUBSCRIBE", channel) with
        {
            IsSubscription = true,
        };

    private void Hear(RespAggregate push)
    {
        switch (push.Items)
        {
            case [RespBulk kind, RespBulk channel, RespBulk body] when kind.ToString() == "message":
                _onMessage(channel.ToString(), body.Bytes);
                break;
            case [RespBulk kind, _, RespBulk channel, RespBulk body] when kind.ToString() == "pmessage":
                _onMessage(channel.ToString(), body.Bytes);
                break;
        }
    }
}
