namespace Bellhop.Bench.Subjects;

/// <summary>What the system says of a process.</summary>
/// <param name="RssMiB">Resident memory.</param>
/// <param name="PssMiB">The same with shared pages shared out.</param>
/// <param name="PeakRssMiB">The most it ever had resident.</param>
/// <param name="CpuTime">Its own and the kernel's work for it.</param>
internal sealed record ProcessSample(double RssMiB, double PssMiB, double PeakRssMiB, TimeSpan CpuTime)
{
    private const double KiBPerMiB = 1024;

    /// <summary>USER_HZ, which Linux fixes at 100 for what it shows in /proc.</summary>
    private const double TicksPerSecond = 100;

    public static ProcessSample Of(int pid)
    {
        if (!OperatingSystem.IsLinux())
            throw new BenchException("Memory and CPU are read from /proc, which only Linux has.");
        return new ProcessSample(
            Field($"/proc/{pid}/smaps_rollup", "Rss:") / KiBPerMiB,
            Field($"/proc/{pid}/smaps_rollup", "Pss:") / KiBPerMiB,
            Field($"/proc/{pid}/status", "VmHWM:") / KiBPerMiB,
            CpuTimeOf(pid)
        );
    }

    private static double Field(string file, string name) =>
        double.Parse(
            File.ReadLines(file)
                .First(l => l.StartsWith(name, StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]
        );

    private static TimeSpan CpuTimeOf(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        // The name in brackets may hold spaces; fields 14 and 15 (utime, stime) are the 12th and 13th after it.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds((double.Parse(fields[11]) + double.Parse(fields[12])) / TicksPerSecond);
    }
}
