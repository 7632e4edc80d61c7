using System.Globalization;
using System.Net.Sockets;
using Bellhop.Redis.Resp;

namespace Bellhop.Redis.Client;

/// <summary>Asks Sentinels where the server is that takes writes now.</summary>
internal static class SentinelLookup
{
    /// <summary>Opens a connection without a greeting.</summary>
    public delegate Task<RedisConnection> Connect(
        RedisHost host,
        Action<RespAggregate>? onPush,
        CancellationToken cancel
    );

    /// <summary>The first answer counts; each Sentinel is asked in turn.</summary>
    /// <exception cref="RedisAwayException">None knows it.</exception>
    public static async Task<RedisHost> FindAsync(RedisEndpoint endpoint, Connect connect, CancellationToken cancel)
    {
        var reasons = new List<string>();
        foreach (var sentinel in endpoint.Hosts)
        {
            try
            {
                await using var connection = await connect(sentinel, null, cancel);
                var reply = await connection.CallAsync(
                    RedisCommand.Of("SENTINEL", "get-master-addr-by-name", endpoint.Service!),
                    cancel
                );
                if (reply is RespAggregate { Items: [RespBulk name, RespBulk port] })
                    return new RedisHost(name.ToString(), int.Parse(port.ToString(), CultureInfo.InvariantCulture));
                reasons.Add($"{sentinel} knows no service {endpoint.Service}");
            }
            catch (Exception e) when (e is SocketException or IOException or RedisException)
            {
                reasons.Add($"{sentinel}: {e.Message.TrimEnd('.')}");
            }
        }
        throw new RedisAwayException($"No Sentinel names the Redis: {string.Join("; ", reasons)}.", mayHaveRun: false);
    }
}
