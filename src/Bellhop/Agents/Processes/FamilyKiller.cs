namespace Bellhop.Agents.Processes;

/// <summary>Ends families of processes and makes sure of it.</summary>
internal sealed class FamilyKiller(IProcessTable table, TimeProvider time)
{
    // SIGKILL works within milliseconds; what still lives after this hangs in the kernel (a dead network disk).
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    // Nothing signals the death of a process that is not our child.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    /// <summary>The processes.</summary>
    public IProcessTable Table => table;

    /// <summary>Kills all members, those that are started meanwhile too; returns when none lives.</summary>
    /// <exception cref="SpawnException">One survived; two processes on one transcript would ruin it.</exception>
    public async Task KillAsync(ProcessFamily family)
    {
        var since = time.GetTimestamp();
        while (family.Living(table) is { Count: > 0 } living)
        {
            foreach (var process in living)
                _ = NativeMethods.kill(process.Pid, NativeMethods.SigKill); // fails only for one that has gone meanwhile
            if (time.GetElapsedTime(since) > Limit)
                throw new SpawnException($"Process {living[0].Pid} of an agent cannot be killed.");
            await Task.Delay(Look, time, CancellationToken.None);
        }
    }
}
