using System.Diagnostics;

namespace Bellhop.Routing;

/// <summary>Asks this machine whether a terminal's process still lives.</summary>
internal static class TerminalProcess
{
    // Systems count a start in whole ticks of theirs, and a program reads the clock some time after its start.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Why the terminal cannot be there any more: its process has ended, or its number belongs to one that began later.
    /// Null where it may live, or runs on another machine.
    /// </summary>
    public static string? WhyGone(TerminalLease lease)
    {
        if (lease.Pid is not { } pid || lease.Host is not { } host || !IsThisMachine(host))
            return null;
        try
        {
            using var process = Process.GetProcessById(pid);
            return lease.StartedAt is { } began && process.StartTime.ToUniversalTime() > began.UtcDateTime + Slack
                ? "its process has ended and another one has its number"
                : null;
        }
        catch (ArgumentException)
        {
            return "its process has ended";
        }
        catch (InvalidOperationException)
        {
            return "its process has ended"; // between the two looks
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // somebody else's process: it lives, and more cannot be seen
        }
    }

    /// <summary>Programs give their machine's name with or without its domain.</summary>
    private static bool IsThisMachine(string host) =>
        string.Equals(Label(host), Label(Environment.MachineName), StringComparison.OrdinalIgnoreCase);

    private static string Label(string host) => host.Split('.', 2)[0];
}
