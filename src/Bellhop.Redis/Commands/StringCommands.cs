using Bellhop.Redis.Resp;
using Bellhop.Redis.Terminals;
using Bellhop.Store;
using static Bellhop.Redis.Commands.CommandFlags;

namespace Bellhop.Redis.Commands;

/// <summary>SET and GET.</summary>
internal sealed class StringCommands(IKeyspace keyspace, KeyNames names, LeaseKeys leases, TimeProvider time)
    : ICommandFamily
{
    public IEnumerable<CommandSpec> Table =>
        [new("set", -3, Write, KeyPositions.One, Set), new("get", 2, ReadOnly | Fast, KeyPositions.One, Get)];

    private async ValueTask<RespValue> Get(CommandCall call)
    {
        if (leases.Own(names.Read(call[1])) is { } own)
            return RespValue.Bulk(own);
        var key = names.ReadPlain(call[1]);
        return RespValue.BulkOrNull(await keyspace.RunAsync(step => step.GetString(key), call.Cancel));
    }

    private async ValueTask<RespValue> Set(CommandCall call)
    {
        var key = names.ReadPlain(call[1]);
        var options = SetOptions.Read(call, time.GetUtcNow());
        if (leases.Refusal(names.Read(call[1])) is { } refusal)
            return options.OnlyIfMissing ? RespValue.Null : refusal;
        return await keyspace.RunAsync(step => Set(step, key, call[2], options), call.Cancel);
    }

    private static RespValue Set(IKeyspaceTransaction step, string key, byte[] value, SetOptions options)
    {
        var old = options.ReturnsOld ? RespValue.BulkOrNull(step.GetString(key)) : null;
        var exists = step.Kind(key) is not null;
        if (exists ? options.OnlyIfMissing : options.OnlyIfExists)
            return old ?? RespValue.Null;
        var expiry = options.KeepsExpiry ? step.ExpiresAt(key) : options.ExpiresAt;
        step.SetString(key, value);
        if (expiry is not null)
            step.Expire(key, expiry);
        return old ?? RespValue.Ok;
    }
}
