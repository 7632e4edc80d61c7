using Bellhop.Redis.Listener;
using Bellhop.Redis.Resp;
using static Bellhop.Redis.Commands.CommandFlags;

namespace Bellhop.Redis.Commands;

/// <summary>MULTI, EXEC, DISCARD, WATCH: commands of one client that no other client's command comes between.</summary>
internal sealed class TransactionCommands(
    CommandGate gate,
    KeyNames names,
    KeyListeners keys,
    Lazy<CommandDispatcher> dispatcher
) : ICommandFamily
{
    private const CommandFlags Own = Loading | Fast | NotQueued;

    public IEnumerable<CommandSpec> Table =>
        [
            new("multi", 1, Own, KeyPositions.None, Multi),
            new("exec", 1, Own | OwnGate, KeyPositions.None, Exec),
            new("discard", 1, Own, KeyPositions.None, Discard),
            new("watch", -2, Own, KeyPositions.All, Watch),
            new("unwatch", 1, Loading | Fast, KeyPositions.None, Unwatch),
        ];

    /// <summary>Leaves MULTI and stops watching.</summary>
    public static void Forget(RespClient client, KeyListeners keys)
    {
        client.Transaction = null;
        foreach (var key in client.WatchedKeys)
            keys.Remove(key, client);
        client.WatchedKeys.Clear();
        client.IsWatchBroken = false;
    }

    private static ValueTask<RespValue> Multi(CommandCall call)
    {
        if (call.Client.Transaction is not null)
            throw new CommandFault("ERR MULTI calls can not be nested");
        call.Client.Transaction = new CommandQueue();
        return new(RespValue.Ok);
    }

    private async ValueTask<RespValue> Exec(CommandCall call)
    {
        var client = call.Client;
        if (client.Transaction is not { } queue)
            throw new CommandFault("ERR EXEC without MULTI");
        if (queue.IsBroken)
        {
            Forget(client, keys);
            throw new CommandFault("EXECABORT Transaction discarded because of previous errors.");
        }
        using var alone = await gate.EnterAsync(alone: true, call.Cancel);
        var watchBroken = client.IsWatchBroken;
        Forget(client, keys);
        if (watchBroken)
            return RespValue.NullArray;
        var replies = new List<RespValue>(queue.Commands.Count);
        foreach (var (spec, arguments) in queue.Commands)
        {
            var step = new CommandCall(client, arguments, InTransaction: true, call.Cancel);
            replies.Add(await dispatcher.Value.RunAsync(spec, step, default));
        }
        return RespValue.Array(replies);
    }

    private ValueTask<RespValue> Discard(CommandCall call)
    {
        if (call.Client.Transaction is null)
            throw new CommandFault("ERR DISCARD without MULTI");
        Forget(call.Client, keys);
        return new(RespValue.Ok);
    }

    private ValueTask<RespValue> Watch(CommandCall call)
    {
        if (call.Client.Transaction is not null)
            throw new CommandFault("ERR WATCH inside MULTI is not allowed");
        foreach (var argument in call.Arguments.Skip(1))
        {
            var key = names.Read(argument);
            if (key.Role == KeyRole.EventList)
                throw new CommandFault(
                    "ERR An event list cannot be watched: events come from many doors. Lease rows with LMOVE."
                );
            if (call.Client.WatchedKeys.Count >= ListenerLimits.MaxSubscriptions)
                throw new CommandFault($"BUSY BH-4291 At most {ListenerLimits.MaxSubscriptions:N0} watched keys.");
            if (call.Client.WatchedKeys.Add(key.Text))
                keys.Add(key.Text, call.Client);
        }
        return new(RespValue.Ok);
    }

    private ValueTask<RespValue> Unwatch(CommandCall call)
    {
        var transaction = call.Client.Transaction;
        Forget(call.Client, keys);
        call.Client.Transaction = transaction;
        return new(RespValue.Ok);
    }
}
