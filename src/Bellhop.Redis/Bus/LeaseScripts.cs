using Bellhop.Redis.Client;

namespace Bellhop.Redis.Bus;

/// <summary>The steps of the lease of central, each atomic. The value is compared by its nonce: whoever wrote it is whoever holds it.</summary>
internal static class LeaseScripts
{
    private const string Nonce = """
        local function nonce(value)
          local ok, json = pcall(cjson.decode, value)
          return ok and type(json) == 'table' and json.nonce or nil
        end

        """;

    /// <summary>
    /// KEYS lease, fence, last central, sessions · ARGV nonce, lease in ms, the value, our identity, the last fence we had. Answers
    /// [fence, who was central before] or [0, the holder, how long its lease still runs in ms].
    /// A number is never given out twice, also where the server lost its memory. A value that never ends is no lease.
    /// </summary>
    public static readonly RedisScript Acquire = new(
        Nonce
            + """
            local held = redis.call('GET', KEYS[1])
            local left = redis.call('PTTL', KEYS[1])
            if held and nonce(held) ~= ARGV[1] and left >= 0 then return { 0, held, left } end
            local fence = math.max(tonumber(redis.call('GET', KEYS[2]) or 0), tonumber(ARGV[5])) + 1
            local before = redis.call('GET', KEYS[3])
            redis.call('SET', KEYS[2], string.format('%.0f', fence))
            local mine = cjson.decode(ARGV[3])
            mine.fence = fence
            redis.call('SET', KEYS[1], cjson.encode(mine), 'PX', ARGV[2])
            redis.call('SET', KEYS[3], ARGV[4])
            redis.call('SADD', KEYS[4], 'gateway')
            return { fence, before or '' }
            """
    );

    /// <summary>KEYS lease · ARGV nonce, lease in ms. Answers 1, or 0 where it is not ours any more.</summary>
    public static readonly RedisScript Renew = new(
        Nonce
            + """
            local held = redis.call('GET', KEYS[1])
            if not held or nonce(held) ~= ARGV[1] then return 0 end
            return redis.call('PEXPIRE', KEYS[1], ARGV[2])
            """
    );

    /// <summary>KEYS lease · ARGV nonce, the channel of news. Lets go of what is ours, and says so.</summary>
    public static readonly RedisScript Release = new(
        Nonce
            + """
            local held = redis.call('GET', KEYS[1])
            if not held or nonce(held) ~= ARGV[1] then return 0 end
            redis.call('DEL', KEYS[1])
            redis.call('PUBLISH', ARGV[2], 'gateway')
            return 1
            """
    );
}
