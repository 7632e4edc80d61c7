using System.Diagnostics;
using System.Globalization;

namespace Bellhop.SystemTests.Testing;

/// <summary>What runs on this machine, as <c>ps</c> says.</summary>
internal sealed record ProcessRow(int Pid, int Parent, string Command);

/// <summary>Signals and the process table, for what <see cref="Process"/> cannot do.</summary>
internal static class Processes
{
    public static IReadOnlyList<ProcessRow> All() =>
        [
            .. Run("ps", "-A", "-ww", "-o", "pid=", "-o", "ppid=", "-o", "args=")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line =>
                    line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                )
                .Where(cells => cells.Length == 3)
                .Select(cells => new ProcessRow(int.Parse(cells[0]), int.Parse(cells[1]), cells[2])),
        ];

    /// <summary>One field of a process, by <c>ps</c>'s name for it: <c>rss</c> in KiB, <c>stat</c>.</summary>
    public static string Field(int pid, string name) => Run("ps", "-o", $"{name}=", "-p", $"{pid}").Trim();

    /// <summary>User and system time of a process on Linux, in the kernel's ticks of a hundredth of a second.</summary>
    public static TimeSpan ProcessorTime(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = fields[11..13].Sum(f => long.Parse(f, CultureInfo.InvariantCulture));
        return TimeSpan.FromMilliseconds(ticks * 10);
    }

    /// <summary>
    /// How a program is started here: everything redirected, nothing inherited. A null in <paramref name="environment"/>
    /// removes a variable.
    /// </summary>
    public static ProcessStartInfo Describe(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null
    )
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            info.Environment[name] = value;
        return info;
    }

    /// <summary>Sends a signal by its name. False when the process is gone.</summary>
    public static bool Signal(int pid, string name)
    {
        using var kill = Process.Start(Describe("kill", [$"-{name}", $"{pid}"]))!;
        kill.WaitForExit();
        return kill.ExitCode == 0;
    }

    /// <summary>Ends what a killed gateway left behind: everything whose command line names the test's own folder.</summary>
    public static void KillAllNaming(string folder)
    {
        foreach (var left in All().Where(p => p.Command.Contains(folder) && p.Pid != Environment.ProcessId))
            Signal(left.Pid, "KILL");
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(Describe(program, arguments))!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
