using System.Globalization;
using System.Text;

namespace Bellhop.Agents.Processes;

/// <summary>Reads <c>/proc</c> (Linux, proc(5)).</summary>
internal sealed class ProcFsTable(string root) : IProcessTable
{
    // Start times count from the boot, so only with the boot's id they name one instant.
    private readonly string _boot = Read(Path.Combine(root, "sys/kernel/random/boot_id")).Trim();

    public IReadOnlyList<ProcessEntry> Living() =>
        [
            .. Directory
                .EnumerateDirectories(root)
                .Select(folder =>
                    int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid) ? pid : 0
                )
                .Where(pid => pid > 0)
                .Select(Find)
                .OfType<ProcessEntry>(),
        ];

    public ProcessEntry? Find(int pid) => Parse(Read(FileOf(pid, "stat")), _boot);

    public bool WasStartedWith(ProcessEntry process, string variable)
    {
        return Read(FileOf(process.Pid, "environ")).Split('\0').Contains(variable);
    }

    private string FileOf(int pid, string name) => Path.Combine(root, pid.ToString(CultureInfo.InvariantCulture), name);

    /// <summary>Reads one <c>stat</c> line; null for a zombie, a dead one, or what is not one.</summary>
    internal static ProcessEntry? Parse(string stat, string boot)
    {
        // The second field is the program's name in parentheses and may hold anything, parentheses too.
        var close = stat.LastIndexOf(')');
        if (close < 0)
            return null;
        var fields = stat[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 20 || fields[0] is "Z" or "X")
            return null;
        var pid = int.Parse(stat.AsSpan(0, stat.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
        return new ProcessEntry(
            pid,
            int.Parse(fields[1], CultureInfo.InvariantCulture),
            int.Parse(fields[3], CultureInfo.InvariantCulture),
            $"{boot}/{fields[19]}"
        );
    }

    /// <summary>The whole file, or nothing when the process has gone or is not ours to look at.</summary>
    private static string Read(string path)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
