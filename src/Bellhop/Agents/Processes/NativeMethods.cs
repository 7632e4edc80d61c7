using System.Runtime.InteropServices;

namespace Bellhop.Agents.Processes;

/// <summary>The few libc calls that .NET does not offer: posix_spawn with a session, signals, wait, poll.</summary>
internal static class NativeMethods
{
    public const int SigTerm = 15;
    public const int SigKill = 9;

    /// <summary>Interrupted by a signal; the call is to be made again.</summary>
    public const int Eintr = 4;

    // The same functions and layouts of opaque structs on Linux (glibc 2.29, musl 1.1.24) and macOS (10.15) or newer.
    private const string C = "libc";

    [DllImport(C)]
    public static extern int posix_spawnattr_init(byte[] attributes);

    [DllImport(C)]
    public static extern int posix_spawnattr_destroy(byte[] attributes);

    [DllImport(C)]
    public static extern int posix_spawnattr_setflags(byte[] attributes, short flags);

    [DllImport(C)]
    public static extern int posix_spawnattr_setsigdefault(byte[] attributes, byte[] signals);

    [DllImport(C)]
    public static extern int posix_spawnattr_setsigmask(byte[] attributes, byte[] signals);

    [DllImport(C)]
    public static extern int posix_spawn_file_actions_init(byte[] actions);

    [DllImport(C)]
    public static extern int posix_spawn_file_actions_destroy(byte[] actions);

    [DllImport(C)]
    public static extern int posix_spawn_file_actions_adddup2(byte[] actions, int from, int to);

    [DllImport(C)]
    public static extern int posix_spawn_file_actions_addchdir_np(
        byte[] actions,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string path
    );

    [DllImport(C)]
    public static extern int posix_spawn(
        out int pid,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string path,
        byte[] actions,
        byte[] attributes,
        nint[] arguments,
        nint[] environment
    );

    [DllImport(C, SetLastError = true)]
    public static extern int waitpid(int pid, out int status, int options);

    [DllImport(C, SetLastError = true)]
    public static extern int kill(int pid, int signal);

    [DllImport(C, SetLastError = true)]
    public static extern int poll(ref PollDescriptor descriptor, nuint count, int milliseconds);
}

/// <summary>What poll(2) is asked of a descriptor, and its answer.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollDescriptor(int descriptor, short wanted)
{
    public const short Writable = 4;

    public int Descriptor = descriptor;
    public short Wanted = wanted;
    public short Answer;
}
