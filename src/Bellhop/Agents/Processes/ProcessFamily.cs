namespace Bellhop.Agents.Processes;

/// <summary>What names a child and everything that came from it.</summary>
/// <param name="Pid">The child's process.</param>
/// <param name="Start">When it started, as the process table has it; null when nobody had time to look.</param>
/// <param name="Mark">The value of its <see cref="ChildEnvironment.RunMark"/>.</param>
internal sealed record ProcessFamily(int? Pid, string? Start, string Mark)
{
    /// <summary>
    /// Its living members: by descent while the parents live, by session and by the mark in the environment when they
    /// are gone. The tools of an agent run in sessions and groups of their own, so no single one of these is enough.
    /// </summary>
    public IReadOnlyList<ProcessEntry> Living(IProcessTable table)
    {
        var all = table.Living();
        var root = all.FirstOrDefault(process => process.Pid == Pid);
        var alive = root is not null && root.Start == Start;
        // A session id is not given to a new process while the session has members: theirs, or nobody's.
        var sessionIsTheirs = alive || root is null;
        var variable = $"{ChildEnvironment.RunMark}={Mark}";
        var members = all.Where(process =>
                (alive && process.Pid == Pid)
                || (sessionIsTheirs && Pid is > 0 && process.Session == Pid)
                || table.WasStartedWith(process, variable)
            )
            .ToHashSet();
        while (all.Where(process => members.Any(member => member.Pid == process.Parent)).Any(members.Add)) { }
        members.RemoveWhere(process => process.Pid == Environment.ProcessId);
        return [.. members];
    }
}
