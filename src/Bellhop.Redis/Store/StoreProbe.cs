using Bellhop.Redis.Client;
using Bellhop.Store;

namespace Bellhop.Redis.Store;

/// <summary>Finds out before anything is written whether the server can do what our scripts need.</summary>
internal static class StoreProbe
{
    private static readonly (string Feature, string Script)[] Needed =
    [
        ("Lua scripts (EVAL)", "return 1"),
        ("script flags (#!lua)", "#!lua flags=no-writes\nreturn 1"),
        ("cjson in scripts", "return cjson.encode({cjson.decode('[1]')})"),
        (
            "EXISTS, HGETALL and LRANGE in scripts",
            "return {redis.call('EXISTS', KEYS[1]), redis.call('HGETALL', KEYS[1])}"
        ),
        ("RPUSHX in scripts", "return redis.call('RPUSHX', KEYS[1], 'x')"),
        (
            "ZRANGEBYSCORE with LIMIT in scripts",
            "return redis.call('ZRANGEBYSCORE', KEYS[1], '(1', '+inf', 'WITHSCORES', 'LIMIT', 0, 1)"
        ),
        ("PUBLISH in scripts", "return redis.call('PUBLISH', KEYS[1], 'x')"),
        ("error replies of scripts", "return redis.error_reply('PROBED it works')"),
    ];

    /// <exception cref="StoreException">The server lacks something, which is named, or cannot be reached.</exception>
    public static async Task RunAsync(IRedisDialer dialer, string prefix, CancellationToken cancel)
    {
        try
        {
            await using var connection = await dialer.DialAsync(null, cancel);
            foreach (var (feature, script) in Needed)
                await ProbeAsync(connection, $"{prefix}:bellhop:probe", feature, script, cancel);
        }
        catch (RedisErrorException e)
        {
            throw StoreErrors.Explain(e);
        }
        catch (RedisAwayException e)
        {
            throw StoreErrors.IsAway(e.Message, e);
        }
    }

    private static async Task ProbeAsync(
        RedisConnection connection,
        string key,
        string feature,
        string script,
        CancellationToken cancel
    )
    {
        try
        {
            await connection.CallAsync(RedisCommand.Of("EVAL", script, 1, key), cancel);
        }
        catch (RedisErrorException e) when (e.Code is not "PROBED" && !StoreErrors.Explain(e).IsAway)
        {
            throw new StoreException(
                $"This server lacks something that Bellhop needs: {feature}. It answered: {e.Line}. "
                    + "Use Redis 7, Valkey, or set bus.kind to embedded.",
                e
            );
        }
        catch (RedisErrorException e) when (e.Code is "PROBED")
        {
            // An error of the script's own is what this probe asks for.
        }
    }
}
