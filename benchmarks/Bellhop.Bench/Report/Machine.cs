using System.Diagnostics;
using System.Runtime.InteropServices;
using Bellhop.Bench.Subjects;

namespace Bellhop.Bench.Report;

/// <summary>What the numbers were measured on, without naming it.</summary>
/// <param name="SyncMilliseconds">The median time of a 4 KiB write with its sync, on the disk that the benches use.</param>
internal sealed record Machine(
    string System,
    string Processor,
    int Cores,
    double MemoryGiB,
    string Runtime,
    string? Redis,
    string? Node,
    double SyncMilliseconds
)
{
    public static Machine Describe(Parts parts, string scratch) =>
        new(
            $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}",
            ProcessorName(),
            Environment.ProcessorCount,
            Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30), 1),
            RuntimeInformation.FrameworkDescription,
            VersionOf(Parts.RedisServer),
            VersionOf(parts.Node),
            Math.Round(DiskSync.Measure(scratch).TotalMilliseconds, 3)
        );

    /// <summary>The load average over one minute; not a number where the system tells none.</summary>
    public static double LoadAverage() =>
        File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0]) : double.NaN;

    private static string ProcessorName() =>
        File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo")
                .Where(l => l.StartsWith("model name", StringComparison.Ordinal))
                .Select(l => l.Split(':', 2)[1].Trim())
                .FirstOrDefault("unknown")
            : "unknown";

    private static string? VersionOf(string program)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, "--version") { RedirectStandardOutput = true, UseShellExecute = false }
        );
        return process?.StandardOutput.ReadLine()?.Split(" sha=")[0];
    }
}
