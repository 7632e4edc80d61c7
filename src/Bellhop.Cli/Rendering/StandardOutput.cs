using System.Runtime.InteropServices;

namespace Bellhop.Cli.Rendering;

/// <summary>
/// Whether anybody still reads what we print. .NET's console swallows the system's answer that nobody does, so that a
/// command which follows something would never end behind <c>| head -1</c>.
/// </summary>
internal static class StandardOutput
{
    private const int Descriptor = 1;
    private const short Error = 0x8;
    private const short HangUp = 0x10;

    /// <summary>False once the other end of the pipe is closed.</summary>
    public static bool IsRead() => OperatingSystem.IsWindows() || IsOpen(Descriptor);

    internal static bool IsOpen(int descriptor)
    {
        var asked = new Poll
        {
            Descriptor = descriptor,
            Wanted = 0,
            Happened = 0,
        };
        // A question that fails is no answer.
        return Ask(ref asked, 1, 0) < 0 || (asked.Happened & (Error | HangUp)) == 0;
    }

    [DllImport("libc", EntryPoint = "poll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Ask(ref Poll asked, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct Poll
    {
        public int Descriptor;
        public short Wanted;
        public short Happened;
    }
}
