using Bellhop.Redis.EventLists;
using Bellhop.Redis.Resp;
using Bellhop.Routing;
using Bellhop.Store;
using static Bellhop.Redis.Commands.CommandFlags;

namespace Bellhop.Redis.Commands;

/// <summary>DEL, EXISTS, TYPE and RENAME, on keys of every kind.</summary>
internal sealed class KeyCommands(
    KeyNames names,
    IKeyspace keyspace,
    EventLists.EventLists events,
    PlainLists plain,
    SessionRegistry registry
) : ICommandFamily
{
    public IEnumerable<CommandSpec> Table =>
        [
            new("del", -2, Write, KeyPositions.All, Delete),
            new("unlink", -2, Write | Fast, KeyPositions.All, Delete),
            new("exists", -2, ReadOnly | Fast, KeyPositions.All, Exists),
            new("type", 2, ReadOnly | Fast, KeyPositions.One, Type),
            new("rename", 3, Write, KeyPositions.Two, Rename),
        ];

    private async ValueTask<RespValue> Delete(CommandCall call)
    {
        var keys = call.Arguments.Skip(1).Select(names.Read).ToList();
        keys.Where(k => k.Role == KeyRole.EventList).ToList().ForEach(k => events.RefuseHeld(k.Session));
        var deleted = 0;
        foreach (var key in keys)
        {
            var existed = key.Role switch
            {
                KeyRole.EventList => await events.DeleteAsync(call.Client, key, call.Cancel),
                KeyRole.Sessions => await EmptyRegistryAsync(call.Cancel),
                KeyRole.Receipts => false,
                _ => await plain.DeleteAsync(call.Client, key, call.Cancel),
            };
            deleted += existed ? 1 : 0;
        }
        return RespValue.Integer(deleted);
    }

    private async ValueTask<RespValue> Exists(CommandCall call)
    {
        var found = 0;
        foreach (var key in call.Arguments.Skip(1).Select(names.Read))
        {
            if (await ExistsAsync(call, key))
                found++;
        }
        return RespValue.Integer(found);
    }

    private async ValueTask<RespValue> Type(CommandCall call)
    {
        var key = names.Read(call[1]);
        if (key.Role == KeyRole.Sessions)
            return new RespStatus("set");
        var kind = key.Role == KeyRole.Plain ? await keyspace.RunAsync(step => step.Kind(key.Text), call.Cancel) : null;
        if (kind is null && await ExistsAsync(call, key))
            kind = KeyKind.List;
        return new RespStatus(kind?.ToString().ToLowerInvariant() ?? "none");
    }

    private async ValueTask<RespValue> Rename(CommandCall call)
    {
        foreach (var key in call.Arguments.Skip(1).Select(names.Read))
        {
            if (key.Role == KeyRole.EventList)
                events.RefuseHeld(key.Session);
            if (key.Role != KeyRole.Plain)
                throw new CommandFault("ERR An event list, the receipts and the set of sessions cannot be renamed.");
        }
        var (from, to) = (names.ReadPlain(call[1]), names.ReadPlain(call[2]));
        return await keyspace.RunAsync(step => Rename(step, from, to), call.Cancel);
    }

    private static RespValue Rename(IKeyspaceTransaction step, string from, string to)
    {
        if (step.Kind(from) is not { } kind)
            throw new CommandFault("ERR no such key");
        if (from == to)
            return RespValue.Ok;
        step.Delete(to);
        var expiry = step.ExpiresAt(from);
        if (kind == KeyKind.String)
            step.SetString(to, step.GetString(from));
        else if (kind == KeyKind.List)
            step.Range(from, 0, -1).ToList().ForEach(row => step.Push(to, head: false, row));
        else
            step.Members(from).ToList().ForEach(member => step.Add(to, member));
        step.Expire(to, expiry);
        step.Delete(from);
        return RespValue.Ok;
    }

    private async Task<bool> ExistsAsync(CommandCall call, KeyName key) =>
        key.Role switch
        {
            KeyRole.EventList => await events.ExistsAsync(call.Client, key, call.Cancel),
            KeyRole.Sessions => true,
            KeyRole.Receipts => false,
            _ => await plain.ExistsAsync(call.Client, key, call.Cancel),
        };

    /// <summary>Every session leaves but <c>gateway</c>, which always stays.</summary>
    private async Task<bool> EmptyRegistryAsync(CancellationToken cancel)
    {
        foreach (var session in registry.Members)
            await registry.LeaveAsync(session, cancel);
        return true;
    }
}
