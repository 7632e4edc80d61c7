using System.Text;
using Bellhop.Redis.Listener;
using Bellhop.Redis.Resp;
using static Bellhop.Redis.Commands.CommandFlags;

namespace Bellhop.Redis.Commands;

/// <summary>INFO, COMMAND and CONFIG: what tools ask before they work.</summary>
internal sealed class ServerCommands : ICommandFamily
{
    /// <summary>The Redis whose replies ours equal; clients choose features by it.</summary>
    public const string RedisVersion = "7.0.15";

    private readonly RedisInfo _info;
    private readonly Lazy<CommandTable> _table;

    public ServerCommands(RedisInfo info, Lazy<CommandTable> table) => (_info, _table) = (info, table);

    public IEnumerable<CommandSpec> Table =>
        [
            new("info", -1, Loading, KeyPositions.None, Info),
            new("command", -1, Loading, KeyPositions.None, call => new(Command(call))),
            new("config", -2, Loading, KeyPositions.None, call => new(Config(call))),
        ];

    /// <summary>What CONFIG GET tells: what tools look at, truthful for us.</summary>
    private static readonly (string Name, string Value)[] Settings =
    [
        ("save", ""),
        ("appendonly", "yes"),
        ("appendfsync", "always"),
        ("databases", "1"),
        ("maxmemory", "0"),
        ("maxmemory-policy", "noeviction"),
        ("maxclients", ListenerLimits.MaxConnections.ToString()),
        ("proto-max-bulk-len", RespLimits.MaxBulkBytes.ToString()),
        ("notify-keyspace-events", ""),
        ("timeout", "0"),
    ];

    private ValueTask<RespValue> Info(CommandCall call)
    {
        var sections = call.Arguments.Skip(1).Select(a => Encoding.UTF8.GetString(a).ToLowerInvariant()).ToList();
        return new(new RespVerbatim("txt", _info.Text(sections)));
    }

    private RespValue Command(CommandCall call)
    {
        if (call.Count == 1)
            return RespValue.Array([.. _table.Value.All.Select(Describe)]);
        switch (call.Word(1))
        {
            case "COUNT" when call.Count == 2:
                return RespValue.Integer(_table.Value.Count);
            case "LIST" when call.Count == 2:
                return RespValue.Array([.. _table.Value.All.Select(s => RespValue.Bulk(s.Name))]);
            case "DOCS":
                return RespValue.Map([]);
            case "INFO" when call.Count == 2:
                return RespValue.Array([.. _table.Value.All.Select(Describe)]);
            case "INFO":
                return RespValue.Array([
                    .. call
                        .Arguments.Skip(2)
                        .Select(name => _table.Value.Find(name) is { } spec ? Describe(spec) : RespValue.Null),
                ]);
            case "COUNT" or "LIST":
                throw CommandFault.Arity("command|" + call.Word(1).ToLowerInvariant());
            default:
                throw new CommandFault($"ERR unknown subcommand '{call.Text(1)}'. Try COMMAND HELP.");
        }
    }

    private static RespValue Describe(CommandSpec spec) =>
        RespValue.Array([
            RespValue.Bulk(spec.Name),
            RespValue.Integer(spec.Arity),
            RespValue.Set([.. Flags(spec).Select(f => (RespValue)new RespStatus(f))]),
            RespValue.Integer(spec.Keys.First),
            RespValue.Integer(spec.Keys.Last),
            RespValue.Integer(spec.Keys.Step),
            RespValue.Set([]),
            RespValue.EmptyArray,
            RespValue.EmptyArray,
            RespValue.EmptyArray,
        ]);

    private static IEnumerable<string> Flags(CommandSpec spec)
    {
        (CommandFlags Flag, string Word)[] words =
        [
            (Write, "write"),
            (ReadOnly, "readonly"),
            (CommandFlags.PubSub, "pubsub"),
            (Loading, "loading"),
            (Fast, "fast"),
            (Blocking, "blocking"),
            (NoAuth, "no_auth"),
            (NoMulti, "no_multi"),
        ];
        return words.Where(w => spec.Is(w.Flag)).Select(w => w.Word);
    }

    private static RespValue Config(CommandCall call)
    {
        if (!call.Is(1, "GET"))
            throw new CommandFault(
                call.Word(1) is "SET" or "REWRITE" or "RESETSTAT"
                    ? $"ERR CONFIG {call.Word(1)} is not served here: settings are in config.json"
                    : $"ERR unknown subcommand '{call.Text(1)}'. Try CONFIG HELP."
            );
        if (call.Count < 3)
            throw CommandFault.Arity("config|get");
        var patterns = call.Arguments.Skip(2).Select(a => Encoding.Latin1.GetString(a).ToLowerInvariant()).ToList();
        return RespValue.Map([
            .. Settings
                .Where(s => patterns.Any(p => GlobPattern.Matches(p, s.Name)))
                .SelectMany(s => new[] { RespValue.Bulk(s.Name), RespValue.Bulk(s.Value) }),
        ]);
    }
}
