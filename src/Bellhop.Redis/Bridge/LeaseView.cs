using Bellhop.Events;
using Bellhop.Redis.Bus;
using Bellhop.Redis.Client;
using Bellhop.Redis.Resp;
using Bellhop.Routing;

namespace Bellhop.Redis.Bridge;

/// <summary>Reads the terminals' leases from Redis, so that every gateway on it can say who is there.</summary>
internal sealed class LeaseView(RedisBus bus, TerminalLeases terminals)
{
    /// <summary>Takes a look. Answers who has central.</summary>
    public async Task<CentralSeat> ShowAsync(
        IReadOnlyList<SessionId> sessions,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var replies = await bus.Client.CallAllAsync(
            [
                .. sessions.SelectMany(s =>
                    new[] { RedisCommand.Of("GET", bus.Keys.Lease(s)), RedisCommand.Of("PTTL", bus.Keys.Lease(s)) }
                ),
                RedisCommand.Of("HEXISTS", bus.Keys.Handovers, SessionId.Gateway.Value),
            ],
            cancel
        );
        var live = new List<TerminalLease>();
        for (var i = 0; i < sessions.Count; i++)
        {
            if (replies[2 * i] is RespBulk json && replies[(2 * i) + 1] is RespInteger { Value: > 0 } left)
                live.Add(Read(sessions[i], json.Bytes, Left(left.Value), now));
        }
        terminals.Show(live);
        return live.Find(l => l.Session.IsGateway) switch
        {
            { Kind: TerminalLease.Gateway } => CentralSeat.Gateway,
            null when replies[^1] is RespInteger(0) => CentralSeat.Nobody,
            _ => CentralSeat.Terminal,
        };
    }

    /// <summary>Somebody may have set one that outlives the calendar.</summary>
    private static TimeSpan Left(long ms) =>
        TimeSpan.FromMilliseconds(Math.Min(ms, (long)TerminalLease.LongestPeriod.TotalMilliseconds));

    /// <summary>How long it was given for is not written there; what is left of it is all that counts.</summary>
    private static TerminalLease Read(
        SessionId session,
        ReadOnlyMemory<byte> json,
        TimeSpan left,
        DateTimeOffset now
    ) => TerminalLease.Read(session, json, left, now + left, now) with { IsShownOnly = true };
}
