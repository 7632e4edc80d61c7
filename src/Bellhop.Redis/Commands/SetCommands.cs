using System.Text;
using Bellhop.Events;
using Bellhop.Redis.Resp;
using Bellhop.Routing;
using Bellhop.Store;
using static Bellhop.Redis.Commands.CommandFlags;

namespace Bellhop.Redis.Commands;

/// <summary>SADD, SMEMBERS and their like; on <c>{prefix}:gateway:sessions</c> they speak to the session registry.</summary>
internal sealed class SetCommands(KeyNames names, IKeyspace keyspace, SessionRegistry registry) : ICommandFamily
{
    public IEnumerable<CommandSpec> Table =>
        [
            new("sadd", -3, Write | Fast, KeyPositions.One, Add),
            new("srem", -3, Write | Fast, KeyPositions.One, Remove),
            // Producers read the set of sessions while we start, too: it always holds gateway.
            new("smembers", 2, ReadOnly | Loading, KeyPositions.One, Members),
            new("sismember", 3, ReadOnly | Fast | Loading, KeyPositions.One, Contains),
            new("scard", 2, ReadOnly | Fast | Loading, KeyPositions.One, Count),
        ];

    private async ValueTask<RespValue> Add(CommandCall call)
    {
        var key = Read(call[1]);
        if (key.Role == KeyRole.Plain)
            return await CountAsync(call, (step, member) => step.Add(key.Text, member));
        return await EachAsync(call, registry.JoinAsync);
    }

    private async ValueTask<RespValue> Remove(CommandCall call)
    {
        var key = Read(call[1]);
        if (key.Role == KeyRole.Plain)
            return await CountAsync(call, (step, member) => step.Remove(key.Text, member));
        return await EachAsync(call, registry.LeaveAsync);
    }

    private async ValueTask<RespValue> Members(CommandCall call)
    {
        var key = Read(call[1]);
        if (key.Role == KeyRole.Sessions)
            return RespValue.Set([.. registry.Members.Select(m => RespValue.Bulk(m.Value))]);
        var members = await keyspace.RunAsync(step => step.Members(key.Text), call.Cancel);
        return RespValue.Set([.. members.Select(m => RespValue.Bulk(m))]);
    }

    private async ValueTask<RespValue> Contains(CommandCall call)
    {
        var key = Read(call[1]);
        if (key.Role == KeyRole.Plain)
            return RespValue.Integer(await keyspace.RunAsync(step => step.Contains(key.Text, call[2]), call.Cancel));
        return RespValue.Integer(SessionId.TryParse(call.Text(2), out var session) && registry.IsMember(session));
    }

    private async ValueTask<RespValue> Count(CommandCall call)
    {
        var key = Read(call[1]);
        if (key.Role == KeyRole.Sessions)
            return RespValue.Integer(registry.Members.Count);
        return RespValue.Integer(await keyspace.RunAsync(step => step.Members(key.Text).Count, call.Cancel));
    }

    private KeyName Read(byte[] argument) =>
        names.Read(argument) is { Role: KeyRole.Plain or KeyRole.Sessions } key ? key : throw CommandFault.WrongKind();

    private async Task<RespValue> CountAsync(CommandCall call, Func<IKeyspaceTransaction, byte[], bool> each) =>
        RespValue.Integer(
            await keyspace.RunAsync(step => call.Arguments.Skip(2).Count(member => each(step, member)), call.Cancel)
        );

    /// <summary>All names are read before the first is applied.</summary>
    private static async Task<RespValue> EachAsync(
        CommandCall call,
        Func<SessionId, CancellationToken, Task<bool>> apply
    )
    {
        var changed = 0;
        foreach (var session in call.Arguments.Skip(2).Select(ReadSession).ToList())
        {
            if (await apply(session, call.Cancel))
                changed++;
        }
        return RespValue.Integer(changed);
    }

    private static SessionId ReadSession(byte[] member)
    {
        var text = Encoding.UTF8.GetString(member);
        return SessionId.TryParse(text, out var session)
            ? session
            : throw new CommandFault(
                $"ERR '{text}' is not a session id: 1 to {SessionId.MaxLength} of A-Z a-z 0-9 . _ - and one '/'."
            );
    }
}
