using System.Runtime.InteropServices;
using Bellhop.Redis.Resp;

namespace Bellhop.Redis.Commands;

/// <summary>What the dispatcher must know of a command before it runs it.</summary>
[Flags]
internal enum CommandFlags
{
    None = 0,
    Write = 1,
    ReadOnly = 2,
    Fast = 4,
    PubSub = 8,
    Blocking = 16,

    /// <summary>Allowed before AUTH.</summary>
    NoAuth = 32,

    /// <summary>Allowed while a RESP2 connection is subscribed.</summary>
    Subscribed = 64,

    /// <summary>Runs at once between MULTI and EXEC instead of being queued.</summary>
    NotQueued = 128,

    /// <summary>Refused between MULTI and EXEC.</summary>
    NoMulti = 256,

    /// <summary>Needs nothing of the store, so it is answered while we start.</summary>
    Loading = 512,

    /// <summary>Manages the gate itself: EXEC enters it alone, a blocking command only for each try.</summary>
    OwnGate = 1024,
}

/// <summary>Where keys stand among the arguments, as COMMAND INFO tells it; all 0 = none, a negative last counts from the end.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct KeyPositions(int First, int Last, int Step)
{
    public static readonly KeyPositions None = new(0, 0, 0);
    public static readonly KeyPositions One = new(1, 1, 1);
    public static readonly KeyPositions Two = new(1, 2, 1);
    public static readonly KeyPositions All = new(1, -1, 1);

    public IEnumerable<byte[]> Of(byte[][] arguments)
    {
        if (First == 0)
            yield break;
        var last = Last < 0 ? arguments.Length + Last : Last;
        for (var i = First; i <= last; i += Step)
            yield return arguments[i];
    }
}

/// <summary>Runs one command.</summary>
internal delegate ValueTask<RespValue> CommandHandler(CommandCall call);

/// <summary>One row of the command table.</summary>
/// <param name="Name">In lower case.</param>
/// <param name="Arity">Arguments with the name; negative = at least so many.</param>
/// <param name="Flags">What the dispatcher must know.</param>
/// <param name="Keys">Where its keys stand.</param>
/// <param name="Handler">What it does.</param>
internal sealed record CommandSpec(
    string Name,
    int Arity,
    CommandFlags Flags,
    KeyPositions Keys,
    CommandHandler Handler
)
{
    public bool Takes(int arguments) => Arity >= 0 ? arguments == Arity : arguments >= -Arity;

    public bool Is(CommandFlags flag) => (Flags & flag) != CommandFlags.None;
}
