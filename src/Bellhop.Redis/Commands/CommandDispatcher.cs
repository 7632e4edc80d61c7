using System.Text;
using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Redis.Listener;
using Bellhop.Redis.Resp;
using Bellhop.Redis.Terminals;
using Bellhop.Store;
using Microsoft.Extensions.Logging;

namespace Bellhop.Redis.Commands;

/// <summary>Decides whether a client may run a command now, and runs it.</summary>
internal sealed partial class CommandDispatcher(
    CommandTable table,
    CommandGate gate,
    KeyNames names,
    KeyListeners listeners,
    LeaseKeys leases,
    Readiness readiness,
    RespStatistics statistics,
    UlidFactory ulids,
    ILogger<CommandDispatcher> logger
)
{
    /// <summary>What is to be done with a command: run it, or answer at once (an error, or QUEUED).</summary>
    public (CommandSpec? Run, RespValue Answer) Admit(RespClient client, byte[][] arguments)
    {
        statistics.CountCommand();
        var spec = table.Find(arguments[0]);
        if (Refusal(client, spec, arguments) is { } refusal)
        {
            if (spec?.Name == "exec")
                return (null, new RespError(Abort(client, refusal)));
            if (client.Transaction is { } broken)
                broken.IsBroken = true;
            return (null, new RespError(refusal));
        }
        client.LastCommand = spec!.Name;
        if (client.Transaction is not { } queue || spec.Is(CommandFlags.NotQueued))
            return (spec, RespValue.None);
        if (queue.TryAdd(spec, arguments))
            return (null, new RespStatus("QUEUED"));
        queue.IsBroken = true;
        return (null, new RespError("BUSY BH-4291 The transaction is full; run what is queued first."));
    }

    /// <summary>True for a command whose successor need not wait for it: an append to an event list.</summary>
    public bool MayOverlap(CommandSpec spec, byte[][] arguments) =>
        spec.Name is "lpush" or "rpush" && names.IsEventList(arguments[1]);

    /// <summary>Waits until no transaction is under way, then starts the command. The result ends when its reply is known.</summary>
    public async ValueTask<Task<RespValue>> StartAsync(CommandSpec spec, CommandCall call)
    {
        var pass = await gate.EnterAsync(alone: false, call.Cancel);
        return RunAsync(spec, call, pass);
    }

    /// <summary>Runs a command to its reply.</summary>
    public async ValueTask<RespValue> RunAsync(CommandSpec spec, CommandCall call)
    {
        var pass = spec.Is(CommandFlags.OwnGate) ? default : await gate.EnterAsync(alone: false, call.Cancel);
        return await RunAsync(spec, call, pass);
    }

    /// <summary>Runs a command whose caller has passed the gate.</summary>
    public async Task<RespValue> RunAsync(CommandSpec spec, CommandCall call, CommandGate.Pass pass)
    {
        using (pass)
        {
            try
            {
                if (!spec.Is(CommandFlags.Write))
                    return await spec.Handler(call);
                var keys = spec.Keys.Of(call.Arguments).Select(names.Read).ToList();
                if (spec.Name != "set" && keys.Select(leases.Refusal).FirstOrDefault(r => r is not null) is { } held)
                    return held;
                var reply = await spec.Handler(call);
                if (reply is not RespError)
                    await WrittenAsync(call, keys, changed: reply is not (RespNull or RespInteger { Value: 0 }));
                return reply;
            }
            catch (CommandFault fault)
            {
                return new RespError(fault.Message);
            }
            catch (WrongKindException)
            {
                return new RespError(CommandFault.WrongKind().Message);
            }
            catch (StoreException e) when (e.IsDiskFull)
            {
                return new RespError(CommandFault.Of(Errors.DiskFull).Message);
            }
            catch (StoreException e)
            {
                Log.StoreFailed(logger, e, spec.Name);
                return new RespError("ERR " + e.Message);
            }
            catch (Exception e) when (!call.Cancel.IsCancellationRequested)
            {
                var reference = ulids.Next().ToString();
                Log.Failed(logger, e, spec.Name, reference);
                return new RespError($"{CommandFault.Of(Errors.Internal).Message} Reference: {reference}");
            }
        }
    }

    private async Task WrittenAsync(CommandCall call, List<KeyName> keys, bool changed)
    {
        foreach (var key in keys)
        {
            listeners.Touch(key.Text);
            await leases.WrittenAsync(changed ? call.Client : null, key, call.Cancel);
        }
    }

    private string? Refusal(RespClient client, CommandSpec? spec, byte[][] arguments)
    {
        if (spec is null)
            return Unknown(arguments);
        if (!spec.Takes(arguments.Length))
            return CommandFault.Arity(spec.Name).Message;
        if (!client.IsAuthenticated && !spec.Is(CommandFlags.NoAuth))
            return "NOAUTH Authentication required.";
        if (client.Version == RespVersion.Resp2 && client.Subscriptions > 0 && !spec.Is(CommandFlags.Subscribed))
            return $"ERR Can't execute '{spec.Name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context";
        if (client.Transaction is not null && spec.Is(CommandFlags.NoMulti))
            return "ERR Command not allowed inside a transaction";
        return spec.Is(CommandFlags.Loading) ? null : NotNow(spec);
    }

    /// <summary>An EXEC that cannot be read ends the transaction all the same.</summary>
    private string Abort(RespClient client, string refusal)
    {
        TransactionCommands.Forget(client, listeners);
        return "EXECABORT Transaction discarded because of: "
            + refusal[(refusal.IndexOf(' ', StringComparison.Ordinal) + 1)..];
    }

    private string? NotNow(CommandSpec spec) =>
        readiness.Phase switch
        {
            GatewayPhase.Starting => "LOADING Bellhop is starting; try again in a moment.",
            GatewayPhase.Stopping when spec.Is(CommandFlags.Write) =>
                "BUSY Bellhop is stopping and accepts nothing new; try again when it is back.",
            _ => null,
        };

    private static string Unknown(byte[][] arguments)
    {
        const int shown = 128;
        var text = new StringBuilder();
        foreach (var argument in arguments.Skip(1).TakeWhile(_ => text.Length < shown))
        {
            var room = Math.Min(argument.Length, shown - text.Length);
            text.Append('\'').Append(Encoding.UTF8.GetString(argument, 0, room)).Append("' ");
        }
        var name = Encoding.UTF8.GetString(arguments[0], 0, Math.Min(arguments[0].Length, shown));
        return $"ERR unknown command '{name}', with args beginning with: {text}";
    }

    private static partial class Log
    {
        [LoggerMessage(410, LogLevel.Error, "The store failed under {Command}")]
        public static partial void StoreFailed(ILogger logger, Exception e, string command);

        [LoggerMessage(411, LogLevel.Error, "{Command} failed; reference {Reference}")]
        public static partial void Failed(ILogger logger, Exception e, string command, string reference);
    }
}
