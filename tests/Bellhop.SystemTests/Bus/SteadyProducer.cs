using System.Net.Sockets;
using System.Text.Json;
using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Bus;

/// <summary>
/// A producer that pushes one event after the other at an even pace until it is told to stop, each again with the same id
/// until it was acknowledged.
/// </summary>
internal sealed class SteadyProducer(int number, int seed, TimeSpan pace, Func<string, Task> push)
{
    private readonly Random _random = new(seed);
    private volatile bool _stopped;

    /// <summary>In the order in which they were pushed.</summary>
    public List<PushedEvent> Acknowledged { get; } = [];

    /// <summary>Straight onto Redis, as any script does.</summary>
    public static Func<string, Task> ToRedis(DurableRedis redis) =>
        async json =>
        {
            using var connection = await RespConnection.OpenAsync(redis.Port);
            if (await connection.CommandAsync("LPUSH", "agent:events:main", json) is ['-', ..] refused)
                throw new IOException(refused);
        };

    /// <summary>To a gateway, wherever it is by now.</summary>
    public static Func<string, Task> ToGateway(Func<Task<GatewayApi>> gateway) =>
        async json =>
        {
            var answer = await (await gateway()).PushAsync(json);
            if ((int)answer.Status != 202)
                throw new IOException(answer.Text);
        };

    public async Task RunAsync()
    {
        for (var next = 0; !_stopped; next++)
        {
            var e = new PushedEvent(number, next, new Guid([.. Bytes()]).ToString());
            var json = e.Json(_random);
            while (!await TryAsync(json))
                await Task.Delay(pace, TimeProvider.System, TestContext.Current.CancellationToken);
            Acknowledged.Add(e);
            // Not a wait for anything: the pace of a producer.
            await Task.Delay(pace, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public void Stop() => _stopped = true;

    private async Task<bool> TryAsync(string json)
    {
        try
        {
            await push(json);
            return true;
        }
        catch (Exception e)
            when (e
                    is IOException
                        or SocketException
                        or HttpRequestException
                        or JsonException
                        or OperationCanceledException
                        or ObjectDisposedException // the gateway was killed just as it was asked
            )
        {
            return false;
        }
    }

    private byte[] Bytes()
    {
        var bytes = new byte[16];
        _random.NextBytes(bytes);
        return bytes;
    }
}
