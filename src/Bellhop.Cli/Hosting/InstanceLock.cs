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
    /// <exception cref="CommandException">Another gateway has it; the message says which.</exception>
    public static InstanceLock Take(Home home)
    {
        try
        {
            var file = new FileStream(home.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(home.Pid, $"{Environment.ProcessId}\n");
            return new InstanceLock(file, home);
        }
        catch (IOException)
        {
            var pid = File.Exists(home.Pid) ? File.ReadAllText(home.Pid).Trim() : "unknown";
            throw new CommandException(
                $"Bellhop already runs in {home.Folder} (pid {pid}). See 'bellhop status'; another one needs another {Home.Variable}."
            );
        }
    }

    /// <summary>Removes the pid file while nobody else can have written it, then lets go.</summary>
    public void Dispose()
    {
        File.Delete(_home.Pid);
        _file.Dispose();
    }
}
