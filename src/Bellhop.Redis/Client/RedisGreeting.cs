using Bellhop.Redis.Resp;

namespace Bellhop.Redis.Client;

/// <summary>The first words on a connection: who we are, and whether whoever answers can serve us.</summary>
internal static class RedisGreeting
{
    /// <summary>The first with LMOVE, Lua and RESP3 as we use them that is still maintained.</summary>
    private const int LeastMajorVersion = 7;

    /// <exception cref="RedisException">It refuses us or will not do; the message says why and the mend.</exception>
    public static async Task GreetAsync(
        RedisConnection connection,
        RedisEndpoint endpoint,
        RedisClientOptions options,
        CancellationToken cancel
    )
    {
        Check(await HelloAsync(connection, endpoint, options, cancel), endpoint);
        await connection.CallAsync(RedisCommand.Of("SELECT", endpoint.Database), cancel);
        // HELLO is answered while the data is still being loaded; PING is not.
        await connection.CallAsync(RedisCommand.Of("PING"), cancel);
    }

    private static async Task<RespAggregate> HelloAsync(
        RedisConnection connection,
        RedisEndpoint endpoint,
        RedisClientOptions options,
        CancellationToken cancel
    )
    {
        try
        {
            return await connection.CallAsync(Hello(endpoint, options), cancel) as RespAggregate
                ?? throw TooOld("what answers", endpoint);
        }
        catch (RedisErrorException e) when (e.Code is "ERR" or "NOPROTO")
        {
            throw TooOld($"what answers ({e.Line})", endpoint);
        }
    }

    private static RedisCommand Hello(RedisEndpoint endpoint, RedisClientOptions options) =>
        endpoint is { User: null, Password: null }
            ? RedisCommand.Of("HELLO", "3", "SETNAME", options.Name)
            : RedisCommand.Of(
                "HELLO",
                "3",
                "AUTH",
                endpoint.User ?? "default",
                endpoint.Password?.Reveal() ?? "",
                "SETNAME",
                options.Name
            );

    private static void Check(RespAggregate hello, RedisEndpoint endpoint)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < hello.Items.Count; i += 2)
            facts[Text(hello.Items[i])] = Text(hello.Items[i + 1]);
        var version = facts.GetValueOrDefault("version", "");
        if (int.TryParse(version.Split('.')[0], out var major) && major < LeastMajorVersion)
            throw TooOld($"Redis {version}", endpoint);
        if (facts.GetValueOrDefault("mode") == "cluster")
            throw new RedisErrorException("CLUSTERDOWN");
        if (facts.GetValueOrDefault("role") is "slave" or "replica")
            throw new RedisErrorException(RedisErrors.ReadOnly);
    }

    private static RedisAwayException TooOld(string what, RedisEndpoint endpoint) =>
        new(
            $"{endpoint.Hosts[0]}: {what} is too old: Bellhop needs Redis 7 or Valkey. Update it, or set bus.kind to embedded.",
            mayHaveRun: false
        );

    private static string Text(RespValue value) =>
        value switch
        {
            RespStatus status => status.Text,
            RespInteger number => number.Value.ToString(System.Globalization.CultureInfo.InvariantCulture),
            _ => value.ToString()!,
        };
}
