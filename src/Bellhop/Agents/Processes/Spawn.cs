using System.Runtime.InteropServices;

namespace Bellhop.Agents.Processes;

/// <summary>
/// Starts a process as leader of a session of its own, by posix_spawn: no shell, no second copy of ourselves, and a
/// terminal's Ctrl-C or hang-up reaches it through us only. System.Diagnostics.Process cannot do that on Unix.
/// </summary>
internal static class Spawn
{
    // Bits that differ by system: <spawn.h> of glibc and musl, and of Apple's SDK.
    private const short SetSessionLinux = 0x80;
    private const short SetSessionApple = 0x400;
    private const short CloseOthersApple = 0x4000;
    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;

    // More than any of the opaque structs needs (336 bytes is the largest, glibc's attributes).
    private const int OpaqueSize = 1024;

    /// <summary>Starts it; 0 to 2 become the handles given, everything else of ours stays closed to it.</summary>
    /// <exception cref="SpawnException">It cannot be executed; the message says why.</exception>
    public static int InNewSession(
        string executable,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        string folder,
        SafeHandle input,
        SafeHandle output,
        SafeHandle errors
    )
    {
        var (actions, attributes) = (Opaque(), Opaque());
        using var argv = new NativeStrings([executable, .. arguments]);
        using var envp = new NativeStrings(environment.Select(pair => $"{pair.Key}={pair.Value}"));
        Check(NativeMethods.posix_spawn_file_actions_init(actions), executable);
        Check(NativeMethods.posix_spawnattr_init(attributes), executable);
        try
        {
            Redirect(actions, folder, [input, output, errors]);
            Configure(attributes);
            Check(
                NativeMethods.posix_spawn(out var pid, executable, actions, attributes, argv.Pointers, envp.Pointers),
                executable
            );
            return pid;
        }
        finally
        {
            _ = NativeMethods.posix_spawn_file_actions_destroy(actions);
            _ = NativeMethods.posix_spawnattr_destroy(attributes);
        }
    }

    private static void Redirect(byte[] actions, string folder, ReadOnlySpan<SafeHandle> standard)
    {
        Check(NativeMethods.posix_spawn_file_actions_addchdir_np(actions, folder), folder);
        for (var number = 0; number < standard.Length; number++)
        {
            var from = (int)standard[number].DangerousGetHandle();
            Check(NativeMethods.posix_spawn_file_actions_adddup2(actions, from, number), folder);
        }
    }

    private static void Configure(byte[] attributes)
    {
        // The runtime ignores SIGPIPE, and "ignored" is inherited: a child would never notice a reader that went away.
        var pipe = new byte[128];
        pipe[1] = 1 << 4; // signal 13, counted from 1
        var none = new byte[128];
        _ = NativeMethods.posix_spawnattr_setsigdefault(attributes, pipe);
        _ = NativeMethods.posix_spawnattr_setsigmask(attributes, none);
        var session = OperatingSystem.IsMacOS() ? (short)(SetSessionApple | CloseOthersApple) : SetSessionLinux;
        Check(
            NativeMethods.posix_spawnattr_setflags(attributes, (short)(session | SetSignalDefaults | SetSignalMask)),
            "setsid"
        );
    }

    private static byte[] Opaque() => GC.AllocateArray<byte>(OpaqueSize, pinned: true);

    private static void Check(int error, string subject)
    {
        if (error != 0)
            throw new SpawnException($"'{subject}' cannot be started: {Marshal.GetPInvokeErrorMessage(error)}.");
    }
}
