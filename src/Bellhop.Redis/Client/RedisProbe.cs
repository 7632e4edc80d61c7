using Bellhop.Redis.Resp;

namespace Bellhop.Redis.Client;

/// <summary>Looks whether a Redis is there that can keep events, without leaving a trace in it.</summary>
public static class RedisProbe
{
    /// <summary>A Redis on this machine answers in less than a millisecond; one that hangs must not hold up the first start.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>True for a Redis 7 or Valkey that takes writes from us and runs scripts: not for another Bellhop's own listener.</summary>
    public static async Task<bool> WillDoAsync(RedisEndpoint endpoint, TimeProvider time, CancellationToken cancel)
    {
        var options = new RedisClientOptions { ConnectTimeout = Patience, CallTimeout = Patience };
        try
        {
            await using var connection = await new RedisDialer(endpoint, options, time).DialAsync(null, cancel);
            return await connection.CallAsync(RedisCommand.Of("EVAL", "#!lua flags=no-writes\nreturn 1", 0), cancel)
                is RespInteger(1);
        }
        catch (RedisException)
        {
            return false;
        }
    }
}
