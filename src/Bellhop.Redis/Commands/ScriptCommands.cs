using Bellhop.Redis.Resp;
using static Bellhop.Redis.Commands.CommandFlags;

namespace Bellhop.Redis.Commands;

/// <summary>Scripts are not run here; the error says where they are.</summary>
internal sealed class ScriptCommands : ICommandFamily
{
    public IEnumerable<CommandSpec> Table =>
        [
            new("eval", -3, Loading, KeyPositions.None, Refuse),
            new("eval_ro", -3, Loading, KeyPositions.None, Refuse),
            new("evalsha", -3, Loading, KeyPositions.None, Refuse),
            new("evalsha_ro", -3, Loading, KeyPositions.None, Refuse),
            new("script", -2, Loading, KeyPositions.None, Refuse),
            new("fcall", -3, Loading, KeyPositions.None, Refuse),
            new("function", -2, Loading, KeyPositions.None, Refuse),
        ];

    private static ValueTask<RespValue> Refuse(CommandCall call) =>
        throw new CommandFault(
            $"ERR {call.Word(0)} is not served by the embedded bus. Scripts need a Redis server: set bus.kind: redis in config.json."
        );
}
