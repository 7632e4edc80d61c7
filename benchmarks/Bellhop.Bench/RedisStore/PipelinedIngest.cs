using System.Net;
using Bellhop.Bench.Ingest;
using Bellhop.Bench.Load;
using Bellhop.Redis.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Bench.RedisStore;

/// <summary>LPUSH of the bare bytes by the client that the store uses: all producers on one pipelined connection.</summary>
internal sealed class PipelinedIngest(RedisClient redis, TimeProvider time) : IIngest
{
    public static async Task<PipelinedIngest> StartAsync(
        IPEndPoint endPoint,
        TimeProvider time,
        CancellationToken cancel
    )
    {
        var options = new RedisClientOptions();
        var dialer = new RedisDialer(RedisEndpoint.Parse($"redis://{endPoint}"), options, time);
        var redis = new RedisClient(dialer, options, time, NullLogger.Instance);
        await redis.WhenUpAsync(cancel);
        return new PipelinedIngest(redis, time);
    }

    public Task<Func<int, Task>> ConnectAsync(CancellationToken cancel) =>
        Task.FromResult<Func<int, Task>>(number =>
            redis.CallAsync(
                RedisCommand.Of("LPUSH", EventBody.List(EventBody.Central), EventBody.Write(number, time)),
                cancel
            )
        );

    public ValueTask DisposeAsync() => redis.DisposeAsync();
}
