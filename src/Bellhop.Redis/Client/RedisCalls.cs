using Bellhop.Redis.Resp;

namespace Bellhop.Redis.Client;

/// <summary>What is made of calls.</summary>
internal static class RedisCalls
{
    private static readonly RedisCommand Multi = RedisCommand.Of("MULTI");
    private static readonly RedisCommand Exec = RedisCommand.Of("EXEC");

    /// <summary>
    /// Runs a script, which the server may have forgotten in a restart. <paramref name="isUrgent"/>: see
    /// <see cref="RedisCommand.IsUrgent"/>.
    /// </summary>
    public static async Task<RespValue> RunAsync(
        this IRedisCalls redis,
        RedisScript script,
        IReadOnlyList<RedisArgument> keys,
        IReadOnlyList<RedisArgument> arguments,
        CancellationToken cancel,
        bool isUrgent = false
    )
    {
        try
        {
            return await redis.CallAsync(script.BySha(keys, arguments) with { IsUrgent = isUrgent }, cancel);
        }
        catch (RedisErrorException e) when (e.Code == RedisErrors.NoScript)
        {
            return await redis.CallAsync(script.ByText(keys, arguments) with { IsUrgent = isUrgent }, cancel);
        }
    }

    /// <summary>Runs commands as one atomic step and returns their replies.</summary>
    /// <exception cref="RedisErrorException">The server refused a command, and so did nothing; or one of them failed.</exception>
    public static async Task<IReadOnlyList<RespValue>> TransactAsync(
        this IRedisCalls redis,
        IReadOnlyList<RedisCommand> commands,
        CancellationToken cancel
    )
    {
        var replies = await redis.CallAllAsync([Multi, .. commands, Exec], cancel);
        if (replies.OfType<RespError>().FirstOrDefault() is { } refused)
            throw new RedisErrorException(refused.Text);
        var results = ((RespAggregate)replies[^1]).Items;
        return results.OfType<RespError>().FirstOrDefault() is { } failed
            ? throw new RedisErrorException(failed.Text)
            : results;
    }
}
