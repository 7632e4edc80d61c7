using Bellhop.Redis.Resp;

namespace Bellhop.Redis.Client;

/// <summary>
/// Commands to one Redis. Safe to call from anywhere at once; calls are carried out in the order they were made. A
/// cancelled call may have been carried out. Replies are RESP3.
/// </summary>
internal interface IRedisCalls
{
    /// <summary>One command and its reply.</summary>
    /// <exception cref="RedisAwayException">There is no connection, or it broke before the reply.</exception>
    /// <exception cref="RedisErrorException">The reply is an error.</exception>
    Task<RespValue> CallAsync(RedisCommand command, CancellationToken cancel);

    /// <summary>
    /// Several commands sent without a pause, in order; nothing of another caller comes between. An error stands in its
    /// place among the replies.
    /// </summary>
    /// <exception cref="RedisAwayException">There is no connection, or it broke before the last reply.</exception>
    Task<IReadOnlyList<RespValue>> CallAllAsync(IReadOnlyList<RedisCommand> commands, CancellationToken cancel);
}
