using Bellhop.Redis.EventLists;
using Bellhop.Redis.Resp;
using Bellhop.Redis.Terminals;
using static Bellhop.Redis.Commands.CommandFlags;

namespace Bellhop.Redis.Commands;

/// <summary>LPUSH, LRANGE and their like, on event lists and on others.</summary>
internal sealed class ListCommands(KeyNames names, EventLists.EventLists events, ReceiptList receipts, PlainLists plain)
    : ICommandFamily
{
    public IEnumerable<CommandSpec> Table =>
        [
            new("lpush", -3, Write | Fast, KeyPositions.One, call => Push(call, head: true, onlyIfExists: false)),
            new("rpush", -3, Write | Fast, KeyPositions.One, call => Push(call, head: false, onlyIfExists: false)),
            new("lpushx", -3, Write | Fast, KeyPositions.One, call => Push(call, head: true, onlyIfExists: true)),
            new("rpushx", -3, Write | Fast, KeyPositions.One, call => Push(call, head: false, onlyIfExists: true)),
            new("lpop", -2, Write | Fast, KeyPositions.One, call => Pop(call, "lpop", head: true)),
            new("rpop", -2, Write | Fast, KeyPositions.One, call => Pop(call, "rpop", head: false)),
            new("lrange", 4, ReadOnly, KeyPositions.One, Range),
            new("llen", 2, ReadOnly | Fast, KeyPositions.One, Length),
            new("lrem", 4, Write, KeyPositions.One, Remove),
            new("ltrim", 4, Write, KeyPositions.One, Trim),
        ];

    private async ValueTask<RespValue> Push(CommandCall call, bool head, bool onlyIfExists)
    {
        var (lists, key) = Find(call[1]);
        if (onlyIfExists && await lists.LengthAsync(call.Client, key, call.Cancel) == 0)
            return RespValue.Zero;
        return RespValue.Integer(await lists.PushAsync(call.Client, key, head, call.From(2), call.Cancel));
    }

    private async ValueTask<RespValue> Pop(CommandCall call, string name, bool head)
    {
        if (call.Count > 3)
            throw CommandFault.Arity(name);
        const string fault = "ERR value is out of range, must be positive";
        var count = call.Count == 3 ? call.Integer(2, fault) : 1;
        if (count < 0)
            throw new CommandFault(fault);
        var (lists, key) = Find(call[1]);
        var existed = count > 0 || await lists.LengthAsync(call.Client, key, call.Cancel) > 0;
        var rows = await lists.PopAsync(call.Client, key, head, count, call.Cancel);
        if (call.Count == 2)
            return rows is [var row] ? RespValue.Bulk(row) : RespValue.Null;
        return rows.Count == 0 && (count > 0 || !existed) ? RespValue.NullArray : RespValue.Bulks(rows);
    }

    private async ValueTask<RespValue> Range(CommandCall call)
    {
        var (start, stop) = (call.Integer(2), call.Integer(3));
        var (lists, key) = Find(call[1]);
        return RespValue.Bulks(await lists.RangeAsync(call.Client, key, start, stop, call.Cancel));
    }

    private async ValueTask<RespValue> Length(CommandCall call)
    {
        var (lists, key) = Find(call[1]);
        return RespValue.Integer(await lists.LengthAsync(call.Client, key, call.Cancel));
    }

    private async ValueTask<RespValue> Remove(CommandCall call)
    {
        var count = call.Integer(2);
        var (lists, key) = Find(call[1]);
        return RespValue.Integer(await lists.RemoveAsync(call.Client, key, count, call[3], call.Cancel));
    }

    private async ValueTask<RespValue> Trim(CommandCall call)
    {
        var (start, stop) = (call.Integer(2), call.Integer(3));
        var (lists, key) = Find(call[1]);
        await lists.TrimAsync(call.Client, key, start, stop, call.Cancel);
        return RespValue.Ok;
    }

    /// <summary>The one place where a key's name decides what a list is.</summary>
    private (IClientLists Lists, KeyName Key) Find(byte[] argument)
    {
        var key = names.Read(argument);
        return key.Role switch
        {
            KeyRole.EventList => (events, key),
            KeyRole.Receipts => (receipts, key),
            KeyRole.Sessions => throw CommandFault.WrongKind(),
            _ => (plain, key),
        };
    }
}
