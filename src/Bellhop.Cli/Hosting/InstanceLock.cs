using Bellhop.Cli.Setup;

namespace Bellhop.Cli.Hosting;

/// <summary>
/// One gateway per home. The system frees the lock when the process ends, however it ends, so a stale one cannot exist.
/// </summary>
internal sealed class InstanceLock : IDisposable
{
    private readonly FileStream _file;
    private readonly Home _home;

    private InstanceLock(FileStream file, Home home) => (_file, _home) = (file, home);

    /// <summary>Takes it and writes the pid file.</summary>
    /// <exception cref="CommandException">Another gateway has it, or the home cannot be written; the message says which.</exception>
    public static InstanceLock Take(Home home)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(home.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(home.Pid, $"{Environment.ProcessId}\n");
            return new InstanceLock(file, home);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw IsHeld(e)
                ? new CommandException(
                    $"Bellhop already runs in {home.Folder} (pid {PidIn(home)}). See 'bellhop status'; another one needs another {Home.Variable}."
                )
                : new CommandException(
                    $"Bellhop cannot write in {home.Folder}: {e.Message} Mend that, or set {Home.Variable} to another folder."
                );
        }
    }

    /// <summary>The system's word for "locked by another"; every other fault is the folder's or the disk's.</summary>
    private static bool IsHeld(Exception e) =>
        e.HResult
        == (
            OperatingSystem.IsWindows() ? unchecked((int)0x80070020) // ERROR_SHARING_VIOLATION
            : OperatingSystem.IsMacOS() ? 35 // EWOULDBLOCK
            : 11
        );

    private static string PidIn(Home home) => File.Exists(home.Pid) ? File.ReadAllText(home.Pid).Trim() : "unknown";

    /// <summary>Removes the pid file while nobody else can have written it, then lets go.</summary>
    public void Dispose()
    {
        File.Delete(_home.Pid);
        _file.Dispose();
    }
}
