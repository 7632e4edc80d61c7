namespace Bellhop.Agents.Processes;

/// <summary>The system's processes.</summary>
internal interface IProcessTable
{
    /// <summary>All that live now; zombies do not.</summary>
    IReadOnlyList<ProcessEntry> Living();

    /// <summary>One of them; null when it has ended.</summary>
    ProcessEntry? Find(int pid);

    /// <summary>True when the process was started with this variable in its environment, as far as we may look.</summary>
    bool WasStartedWith(ProcessEntry process, string variable);
}

/// <summary>Picks the table of this system.</summary>
internal static class ProcessTable
{
    /// <summary>The table of this system.</summary>
    public static IProcessTable ForThisSystem() => OperatingSystem.IsLinux() ? new ProcFsTable("/proc") : new PsTable();
}
