using System.Globalization;
using Bellhop.Events;
using Bellhop.Redis.Bus;
using Bellhop.Redis.Client;
using Bellhop.Redis.Resp;

namespace Bellhop.Redis.Bridge;

/// <summary>What a look at Redis found.</summary>
/// <param name="Live">Sessions with a lease; where none was ever seen, with somebody who listens on their channel.</param>
/// <param name="Unclaimed">Sessions with rows and nobody there, and since when that is so.</param>
internal sealed record SeenOnRedis(
    IReadOnlySet<SessionId> Live,
    IReadOnlyDictionary<SessionId, DateTimeOffset> Unclaimed
);

/// <summary>Looks who is there and what waits for whom. Of central nothing is looked for: it is always there.</summary>
internal sealed class SessionLook(RedisBus bus)
{
    /// <summary>Keys that one step of a scan goes through: well below a millisecond of the server's time.</summary>
    private const int ScanStep = 500;

    private static readonly TimeSpan ScanEvery = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Those whose terminal keeps a lease. When it ends they are gone, whatever Redis says of their connection: that of a
    /// machine that lost its power, or of a program that is stopped, stays open for minutes or for ever.
    /// </summary>
    private readonly HashSet<SessionId> _leased = [];

    private DateTimeOffset _scanned = DateTimeOffset.MinValue;
    private HashSet<SessionId> _withRows = [];

    /// <summary>Takes a look; <paramref name="known"/>: sessions to look for beside those that Redis names.</summary>
    public async Task<SeenOnRedis> TakeAsync(IEnumerable<SessionId> known, DateTimeOffset now, CancellationToken cancel)
    {
        if (now - _scanned >= ScanEvery)
        {
            _withRows =
            [
                .. await ScanAsync(bus.Keys.EventsPrefix, cancel),
                .. await ScanAsync(bus.Keys.ClaimsPrefix, cancel),
            ];
            _scanned = now;
        }
        var named = await bus.Client.CallAllAsync(
            [RedisCommand.Of("SADD", bus.Keys.Sessions, "gateway"), RedisCommand.Of("SMEMBERS", bus.Keys.Sessions)],
            cancel
        );
        SessionId[] sessions =
        [
            .. Sessions(Items(named[1]).Select(i => i.ToString()!))
                .Concat(known)
                .Concat(_withRows)
                .Where(s => !s.IsGateway)
                .Distinct(),
        ];
        var live = await LiveAsync(sessions, cancel);
        return new SeenOnRedis(
            live,
            await UnclaimedAsync([.. _withRows.Where(s => !live.Contains(s))], live, now, cancel)
        );
    }

    private async Task<HashSet<SessionId>> LiveAsync(SessionId[] sessions, CancellationToken cancel)
    {
        if (sessions.Length == 0)
            return [];
        var replies = await bus.Client.CallAllAsync(
            [
                .. sessions.Select(s => RedisCommand.Of("EXISTS", bus.Keys.Lease(s))),
                RedisCommand.Of(["PUBSUB", "NUMSUB", .. sessions.Select(s => (RedisArgument)bus.Keys.Notify(s))]),
            ],
            cancel
        );
        var listeners = Items(replies[^1]).OfType<RespInteger>().ToList();
        HashSet<SessionId> live = [.. sessions.Where((_, i) => replies[i] is RespInteger(1))];
        _leased.UnionWith(live);
        _leased.IntersectWith(sessions);
        live.UnionWith(
            sessions.Where((s, i) => !_leased.Contains(s) && listeners.ElementAtOrDefault(i) is { Value: > 0 })
        );
        return live;
    }

    /// <summary>Since when, by a note in Redis: neither our restart nor a change of central starts the wait anew.</summary>
    private async Task<IReadOnlyDictionary<SessionId, DateTimeOffset>> UnclaimedAsync(
        SessionId[] waiting,
        HashSet<SessionId> live,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var noted = Items(await bus.Client.CallAsync(RedisCommand.Of("HGETALL", bus.Keys.Unclaimed), cancel));
        var since = new Dictionary<SessionId, DateTimeOffset>();
        for (var i = 0; i + 1 < noted.Count; i += 2)
        {
            if (
                SessionId.TryParse(noted[i].ToString(), out var session)
                && long.TryParse(noted[i + 1].ToString(), CultureInfo.InvariantCulture, out var ms)
            )
                since[session] = DateTimeOffset.FromUnixTimeMilliseconds(ms);
        }
        List<RedisCommand> notes =
        [
            .. waiting
                .Where(s => !since.ContainsKey(s))
                .Select(s => RedisCommand.Of("HSETNX", bus.Keys.Unclaimed, s.Value, now.ToUnixTimeMilliseconds())),
            .. since
                .Keys.Where(s => live.Contains(s) || !_withRows.Contains(s))
                .Select(s => RedisCommand.Of("HDEL", bus.Keys.Unclaimed, s.Value)),
        ];
        if (notes.Count > 0)
            await bus.Client.CallAllAsync(notes, cancel);
        return waiting.ToDictionary(s => s, s => since.GetValueOrDefault(s, now));
    }

    private async Task<HashSet<SessionId>> ScanAsync(string prefix, CancellationToken cancel)
    {
        var found = new HashSet<SessionId>();
        RedisArgument cursor = "0";
        do
        {
            var step = Items(
                await bus.Client.CallAsync(
                    RedisCommand.Of("SCAN", cursor, "MATCH", prefix + "*", "COUNT", ScanStep, "TYPE", "list"),
                    cancel
                )
            );
            found.UnionWith(Sessions(Items(step[1]).Select(k => k.ToString()![prefix.Length..])));
            cursor = ((RespBulk)step[0]).Bytes;
        } while (!cursor.Bytes.Span.SequenceEqual("0"u8));
        return found;
    }

    /// <summary>A digest list of earlier gateways only looks like a session's.</summary>
    private static IEnumerable<SessionId> Sessions(IEnumerable<string> names) =>
        names
            .Where(name => name != "batch")
            .Select(name => SessionId.TryParse(name, out var session) ? session : SessionId.Gateway)
            .Where(session => !session.IsGateway);

    private static IReadOnlyList<RespValue> Items(RespValue reply) =>
        reply is RespError error ? throw new RedisErrorException(error.Text) : ((RespAggregate)reply).Items;
}
