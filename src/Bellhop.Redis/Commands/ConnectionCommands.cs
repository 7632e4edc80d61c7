using System.Text;
using Bellhop.Redis.EventLists;
using Bellhop.Redis.Listener;
using Bellhop.Redis.Resp;
using static Bellhop.Redis.Commands.CommandFlags;

namespace Bellhop.Redis.Commands;

/// <summary>PING, HELLO, AUTH and their like.</summary>
internal sealed class ConnectionCommands(WrongPasswords passwords, PubSub pubSub, RowLeases leases, KeyListeners keys)
    : ICommandFamily
{
    private const string TooManyPasswords =
        "ERR BH-4292 Too many wrong passwords from your address; wait a minute. The right one is always taken.";

    private const CommandFlags Always = Loading | Fast;

    /// <summary>Redis allows SELECT 0 to 15; we keep one keyspace.</summary>
    private const int RedisDatabases = 16;

    public IEnumerable<CommandSpec> Table =>
        [
            new("ping", -1, Always | Subscribed, KeyPositions.None, Ping),
            new("echo", 2, Always, KeyPositions.None, call => new(RespValue.Bulk(call[1]))),
            new("hello", -1, Always | NoAuth, KeyPositions.None, Hello),
            new("auth", -2, Always | NoAuth, KeyPositions.None, Auth),
            new("select", 2, Always, KeyPositions.None, Select),
            new("quit", -1, Always | NoAuth | Subscribed | NotQueued, KeyPositions.None, Quit),
            new("reset", 1, Always | NoAuth | Subscribed | NotQueued, KeyPositions.None, Reset),
        ];

    private static ValueTask<RespValue> Ping(CommandCall call)
    {
        if (call.Count > 2)
            throw CommandFault.Arity("ping");
        var echo = call.Count == 2 ? call[1] : null;
        if (call.Client.Version == RespVersion.Resp2 && call.Client.Subscriptions > 0)
            return new(RespValue.Array([RespValue.Bulk("pong"), RespValue.Bulk(echo ?? [])]));
        return new(echo is null ? new RespStatus("PONG") : RespValue.Bulk(echo));
    }

    private ValueTask<RespValue> Hello(CommandCall call)
    {
        var client = call.Client;
        var version = (long)client.Version;
        if (call.Count > 1)
        {
            version = call.Integer(1, "ERR Protocol version is not an integer or out of range");
            if (version is not (2 or 3))
                throw new CommandFault("NOPROTO unsupported protocol version");
        }
        var (authenticated, name) = HelloOptions(call);
        if (!authenticated && !client.IsAuthenticated)
            throw new CommandFault(
                "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH "
                    + "<user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time"
            );
        client.IsAuthenticated = true;
        client.Name = name ?? client.Name;
        client.Version = (RespVersion)version;
        return new(Greeting(client));
    }

    private (bool Authenticated, string? Name) HelloOptions(CommandCall call)
    {
        var (authenticated, name) = (false, (string?)null);
        for (var i = 2; i < call.Count; i++)
        {
            if (call.Is(i, "AUTH") && i + 2 < call.Count)
            {
                Check(call, call[i + 1], call[i + 2]);
                authenticated = true;
                i += 2;
            }
            else if (call.Is(i, "SETNAME") && i + 1 < call.Count)
            {
                name = ClientCommands.ReadName(call[++i]);
            }
            else
            {
                throw new CommandFault($"ERR Syntax error in HELLO option '{call.Text(i)}'");
            }
        }
        return (authenticated, name);
    }

    private static RespValue Greeting(RespClient client) =>
        RespValue.Map([
            RespValue.Bulk("server"),
            RespValue.Bulk("redis"),
            RespValue.Bulk("version"),
            RespValue.Bulk(ServerCommands.RedisVersion),
            RespValue.Bulk("proto"),
            RespValue.Integer((long)client.Version),
            RespValue.Bulk("id"),
            RespValue.Integer(client.Id),
            RespValue.Bulk("mode"),
            RespValue.Bulk("standalone"),
            RespValue.Bulk("role"),
            RespValue.Bulk("master"),
            RespValue.Bulk("modules"),
            RespValue.EmptyArray,
        ]);

    private ValueTask<RespValue> Auth(CommandCall call)
    {
        if (call.Count > 3)
            throw CommandFault.Syntax();
        if (call.Count == 2 && !passwords.IsRequired)
            throw new CommandFault(
                "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?"
            );
        Check(call, call.Count == 3 ? call[1] : "default"u8.ToArray(), call[call.Count - 1]);
        call.Client.IsAuthenticated = true;
        return new(RespValue.Ok);
    }

    private void Check(CommandCall call, byte[] user, byte[] password)
    {
        // Without a password Redis' default user takes any.
        if (!passwords.IsRequired && Encoding.UTF8.GetString(user) == "default")
            return;
        var verdict = passwords.Check(user, password, call.Client.Host);
        if (verdict != WrongPasswords.Verdict.Right)
            throw new CommandFault(
                verdict == WrongPasswords.Verdict.TooMany
                    ? TooManyPasswords
                    : "WRONGPASS invalid username-password pair or user is disabled."
            );
    }

    private static ValueTask<RespValue> Select(CommandCall call)
    {
        var database = call.Integer(1);
        if (database is < 0 or >= RedisDatabases)
            throw new CommandFault("ERR DB index is out of range");
        if (database != 0)
            throw new CommandFault("ERR DB index is out of range: there is one database, 0");
        return new(RespValue.Ok);
    }

    private static ValueTask<RespValue> Quit(CommandCall call)
    {
        call.Client.IsLeaving = true;
        return new(RespValue.Ok);
    }

    private ValueTask<RespValue> Reset(CommandCall call)
    {
        var client = call.Client;
        TransactionCommands.Forget(client, keys);
        pubSub.RemoveAll(client);
        leases.Release(client.Id);
        client.Name = "";
        client.Version = RespVersion.Resp2;
        client.ReplyMode = ReplyMode.On;
        client.IsAuthenticated = !passwords.IsRequired;
        return new(new RespStatus("RESET"));
    }
}
