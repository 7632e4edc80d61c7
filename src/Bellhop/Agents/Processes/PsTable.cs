using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Bellhop.Agents.Processes;

/// <summary>Asks <c>ps</c> (macOS), which prints the environment of our own processes after their command line.</summary>
internal sealed partial class PsTable : IProcessTable
{
    private const string Ps = "/bin/ps";
    private const string Columns = "pid=,ppid=,stat=,lstart=";

    public IReadOnlyList<ProcessEntry> Living() => [.. Run("-axo", Columns).Select(Parse).OfType<ProcessEntry>()];

    public ProcessEntry? Find(int pid) =>
        Run("-o", Columns, "-p", pid.ToString(CultureInfo.InvariantCulture)).Select(Parse).FirstOrDefault();

    public bool WasStartedWith(ProcessEntry process, string variable) =>
        Run("-Eww", "-o", "command=", "-p", process.Pid.ToString(CultureInfo.InvariantCulture))
            .Any(line => line.Split(' ').Contains(variable));

    /// <summary>Reads one line; null for a zombie or what is not one.</summary>
    internal static ProcessEntry? Parse(string line)
    {
        var match = Line().Match(line);
        if (!match.Success || match.Groups["stat"].Value.StartsWith('Z'))
            return null;
        return new ProcessEntry(
            int.Parse(match.Groups["pid"].ValueSpan, CultureInfo.InvariantCulture),
            int.Parse(match.Groups["parent"].ValueSpan, CultureInfo.InvariantCulture),
            0,
            match.Groups["start"].Value
        );
    }

    private static List<string> Run(params string[] arguments)
    {
        using var ps = Process.Start(
            new ProcessStartInfo(Ps, arguments) { RedirectStandardOutput = true, UseShellExecute = false }
        )!;
        var lines = new List<string>();
        while (ps.StandardOutput.ReadLine() is { } line)
            lines.Add(line);
        ps.WaitForExit();
        return lines;
    }

    [GeneratedRegex(
        @"^\s*(?<pid>\d+)\s+(?<parent>\d+)\s+(?<stat>\S+)\s+(?<start>\S.*\S)\s*$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Line();
}
