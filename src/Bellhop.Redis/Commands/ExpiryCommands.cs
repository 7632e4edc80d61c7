using Bellhop.Redis.EventLists;
using Bellhop.Redis.Resp;
using Bellhop.Store;
using static Bellhop.Redis.Commands.CommandFlags;

namespace Bellhop.Redis.Commands;

/// <summary>EXPIRE, TTL and PERSIST. Events do not expire: age discards nothing.</summary>
internal sealed class ExpiryCommands(
    KeyNames names,
    IKeyspace keyspace,
    EventLists.EventLists events,
    PlainLists plain,
    TimeProvider time
) : ICommandFamily
{
    public IEnumerable<CommandSpec> Table =>
        [
            new("expire", -3, Write | Fast, KeyPositions.One, call => Expire(call, inSeconds: true)),
            new("pexpire", -3, Write | Fast, KeyPositions.One, call => Expire(call, inSeconds: false)),
            new("ttl", 2, ReadOnly | Fast, KeyPositions.One, call => TimeToLive(call, inSeconds: true)),
            new("pttl", 2, ReadOnly | Fast, KeyPositions.One, call => TimeToLive(call, inSeconds: false)),
            new("persist", 2, Write | Fast, KeyPositions.One, Persist),
        ];

    private async ValueTask<RespValue> Expire(CommandCall call, bool inSeconds)
    {
        var number = call.Integer(2);
        var condition = ExpireCondition.Read(call);
        var key = names.Read(call[1]);
        if (key.Role == KeyRole.EventList)
            events.RefuseHeld(key.Session);
        if (key.Role != KeyRole.Plain)
            throw new CommandFault("ERR Event lists, receipts and the set of sessions do not expire.");
        var now = time.GetUtcNow();
        var at = Expiry.At(inSeconds ? "expire" : "pexpire", number, inSeconds, fromNow: true, now);
        return await keyspace.RunAsync(step => Expire(step, key.Text, at, condition, now), call.Cancel);
    }

    private static RespValue Expire(
        IKeyspaceTransaction step,
        string key,
        DateTimeOffset at,
        ExpireCondition condition,
        DateTimeOffset now
    )
    {
        if (step.Kind(key) is null || !condition.Allows(step.ExpiresAt(key), at))
            return RespValue.Zero;
        return RespValue.Integer(at <= now ? step.Delete(key) : step.Expire(key, at));
    }

    private async ValueTask<RespValue> TimeToLive(CommandCall call, bool inSeconds)
    {
        const int noKey = -2;
        const int noExpiry = -1;
        var key = names.Read(call[1]);
        if (key.Role != KeyRole.Plain)
            return RespValue.Integer(
                key.Role == KeyRole.Sessions
                || (key.Role == KeyRole.EventList && await events.ExistsAsync(call.Client, key, call.Cancel))
                    ? noExpiry
                    : noKey
            );
        var (kind, at) = await keyspace.RunAsync(step => (step.Kind(key.Text), step.ExpiresAt(key.Text)), call.Cancel);
        if (at is null)
            return RespValue.Integer(
                kind is not null || await plain.ExistsAsync(call.Client, key, call.Cancel) ? noExpiry : noKey
            );
        var left = Math.Max(0, (long)Math.Ceiling((at.Value - time.GetUtcNow()).TotalMilliseconds));
        return RespValue.Integer(inSeconds ? (left + 500) / 1000 : left);
    }

    private async ValueTask<RespValue> Persist(CommandCall call)
    {
        var key = names.Read(call[1]);
        if (key.Role != KeyRole.Plain)
            return RespValue.Zero;
        return RespValue.Integer(
            await keyspace.RunAsync(
                step => step.ExpiresAt(key.Text) is not null && step.Expire(key.Text, null),
                call.Cancel
            )
        );
    }
}
