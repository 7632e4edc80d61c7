using System.Globalization;
using System.Text;
using Bellhop.Redis.Listener;
using Bellhop.Redis.Resp;
using static Bellhop.Redis.Commands.CommandFlags;

namespace Bellhop.Redis.Commands;

/// <summary>CLIENT and its subcommands, as far as client libraries call them.</summary>
internal sealed class ClientCommands(ClientRoster roster, TimeProvider time) : ICommandFamily
{
    public IEnumerable<CommandSpec> Table => [new("client", -2, Loading | Subscribed, KeyPositions.None, Client)];

    /// <summary>A connection's name is printable and has no blank.</summary>
    public static string ReadName(byte[] name) =>
        name.All(b => b is > (byte)' ' and < 0x7f)
            ? Encoding.ASCII.GetString(name)
            : throw new CommandFault("ERR Client names cannot contain spaces, newlines or special characters.");

    private ValueTask<RespValue> Client(CommandCall call) => new(Answer(call, call.Word(1)));

    private RespValue Answer(CommandCall call, string word)
    {
        if (call.Client.Version == RespVersion.Resp2 && call.Client.Subscriptions > 0)
            throw new CommandFault(
                $"ERR Can't execute 'client|{word.ToLowerInvariant()}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context"
            );
        return word switch
        {
            "ID" => Exactly(call, 2, _ => RespValue.Integer(call.Client.Id)),
            "GETNAME" => Exactly(call, 2, client => client.Name == "" ? RespValue.Null : RespValue.Bulk(client.Name)),
            "SETNAME" => Exactly(call, 3, client => SetName(client, call[2])),
            "SETINFO" => Exactly(call, 4, _ => SetInfo(call)),
            "INFO" => Exactly(call, 2, client => new RespVerbatim("txt", Line(client) + "\n")),
            "LIST" => new RespVerbatim("txt", string.Concat(roster.All.Select(c => Line(c) + "\n"))),
            "REPLY" => Exactly(call, 3, client => SetReplies(client, call.Word(2))),
            "NO-EVICT" or "NO-TOUCH" => Exactly(call, 3, _ => OnOrOff(call.Word(2))),
            "TRACKING" => Tracking(call),
            "TRACKINGINFO" => Exactly(call, 2, _ => TrackingInfo()),
            "UNPAUSE" => Exactly(call, 2, _ => RespValue.Ok),
            _ => throw new CommandFault($"ERR unknown subcommand '{call.Text(1)}'. Try CLIENT HELP."),
        };
    }

    private static RespValue Exactly(CommandCall call, int count, Func<RespClient, RespValue> answer) =>
        call.Count == count
            ? answer(call.Client)
            : throw CommandFault.Arity("client|" + call.Word(1).ToLowerInvariant());

    private static RespValue SetName(RespClient client, byte[] name)
    {
        client.Name = ReadName(name);
        return RespValue.Ok;
    }

    private static RespValue SetInfo(CommandCall call) =>
        call.Word(2) is "LIB-NAME" or "LIB-VER"
            ? RespValue.Ok
            : throw new CommandFault($"ERR Unrecognized option '{call.Text(2)}'");

    private static RespValue SetReplies(RespClient client, string mode)
    {
        client.ReplyMode = mode switch
        {
            "ON" => ReplyMode.On,
            "OFF" => ReplyMode.Off,
            "SKIP" => client.ReplyMode == ReplyMode.Off ? ReplyMode.Off : ReplyMode.SkipNext,
            _ => throw CommandFault.Syntax(),
        };
        return mode == "ON" ? RespValue.Ok : RespValue.None;
    }

    private static RespValue OnOrOff(string word) => word is "ON" or "OFF" ? RespValue.Ok : throw CommandFault.Syntax();

    private static RespValue Tracking(CommandCall call)
    {
        if (call.Count < 3)
            throw CommandFault.Arity("client|tracking");
        return call.Word(2) switch
        {
            "OFF" => RespValue.Ok,
            "ON" => throw new CommandFault("ERR Client tracking is not served here"),
            _ => throw CommandFault.Syntax(),
        };
    }

    private static RespValue TrackingInfo() =>
        RespValue.Map([
            RespValue.Bulk("flags"),
            RespValue.Set([RespValue.Bulk("off")]),
            RespValue.Bulk("redirect"),
            RespValue.Integer(-1),
            RespValue.Bulk("prefixes"),
            RespValue.EmptyArray,
        ]);

    private string Line(RespClient client)
    {
        var now = time.GetUtcNow();
        var flags =
            client.Subscriptions > 0 ? "P"
            : client.Transaction is not null ? "x"
            : "N";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"id={client.Id} addr={client.Address} laddr={client.LocalAddress} fd=-1 name={client.Name} "
                + $"age={Seconds(now - client.ConnectedAt)} idle={Seconds(now - client.LastCommandAt)} flags={flags} db=0 "
                + $"sub={client.Channels.Count} psub={client.Patterns.Count} ssub=0 multi={client.Transaction?.Commands.Count ?? -1} "
                + $"qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 omem=0 tot-mem=0 events=r "
                + $"cmd={client.LastCommand} user=default redir=-1 resp={(int)client.Version}"
        );
    }

    private static long Seconds(TimeSpan span) => (long)Math.Max(0, span.TotalSeconds);
}
