using System.Runtime.InteropServices;

namespace Bellhop.Agents.Processes;

/// <summary>How a process ended: with a code of its own, or by a signal.</summary>
/// <param name="Code">Its exit code; null when a signal ended it or nobody knows.</param>
/// <param name="Signal">The signal that ended it.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ChildExit(int? Code, int? Signal)
{
    /// <summary>From the status word of waitpid(2).</summary>
    public static ChildExit FromStatus(int status) =>
        (status & 0x7f) == 0 ? new ChildExit((status >> 8) & 0xff, null) : new ChildExit(null, status & 0x7f);

    public override string ToString() =>
        (Code, Signal) switch
        {
            ({ } code, _) => $"exit code {code}",
            (_, { } signal) => $"signal {signal}",
            _ => "an unknown end",
        };
}
