using Bellhop.Events;
using Bellhop.Redis.Bus;
using Bellhop.Redis.Client;
using Bellhop.Redis.Resp;
using Bellhop.Redis.Store;
using Bellhop.Routing;
using Bellhop.Store;
using Microsoft.Extensions.Logging;

namespace Bellhop.Redis.Bridge;

/// <summary>Gives central what a session left behind: its deliveries, and the rows on its lists that no gateway has seen.</summary>
internal sealed partial class Orphans(
    RedisBus bus,
    IEventStore store,
    RowIntake intake,
    SessionRegistry registry,
    ILogger<Orphans> logger
)
{
    private const int Page = 64;

    /// <summary>Takes all of it. Interrupted anywhere, it can be done again.</summary>
    public async Task AdoptAsync(SessionId session, string why, CancellationToken cancel)
    {
        var note = $"adopted: session {session}: {why}";
        var adopted = await store.AdoptAsync(session, note, cancel);
        // What it had in hand first: that is older than what still waits.
        adopted += await DrainAsync(
            bus.Keys.Claims(session),
            row => AdoptClaimAsync(session, row, why, cancel),
            cancel
        );
        adopted += await DrainAsync(
            bus.Keys.Events(session),
            row => intake.AdoptAsync(new ListRow(bus.Keys.Events(session), row), note, cancel),
            cancel
        );
        await bus.Client.TransactAsync(
            [
                RedisCommand.Of("DEL", bus.Keys.Claim(session)),
                RedisCommand.Of("SREM", bus.Keys.Sessions, session.Value),
                RedisCommand.Of("HDEL", bus.Keys.Unclaimed, session.Value),
            ],
            cancel
        );
        await registry.LeaveAsync(session, cancel);
        if (adopted > 0)
            Log.Adopted(logger, adopted, session, why);
    }

    /// <summary>Takes a row that a terminal had claimed. Whether it was begun is known to that terminal's transcript alone.</summary>
    public Task AdoptClaimAsync(SessionId session, ReadOnlyMemory<byte> row, string why, CancellationToken cancel)
    {
        var note = $"adopted: session {session}: {why}";
        var claim = new ClaimNote(bus.Keys.Claim(session), TerminalReport.MayHaveBegun(note));
        return intake.AdoptAsync(new ListRow(bus.Keys.Claims(session), row) { Claim = claim }, note, cancel);
    }

    private async Task<int> DrainAsync(string list, Func<ReadOnlyMemory<byte>, Task> take, CancellationToken cancel)
    {
        for (var taken = 0; ; )
        {
            var reply = await bus.Client.CallAsync(RedisCommand.Of("LRANGE", list, -Page, -1), cancel);
            var rows = ((RespAggregate)reply).Items;
            if (rows.Count == 0)
                return taken;
            foreach (var row in rows.Reverse())
                await take(((RespBulk)row).Bytes);
            taken += rows.Count;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(480, LogLevel.Information, "Central took {Count} events of session {Session}: {Why}")]
        public static partial void Adopted(ILogger logger, int count, SessionId session, string why);
    }
}
