using System.Text.RegularExpressions;

namespace Bellhop.SystemTests.Testing;

/// <summary>One system call. It began and ended at these lines of the trace, which strace writes in the order of time.</summary>
internal sealed record Syscall(int Begin, int End, string Name, string Target, string Text, bool Ok)
{
    public bool IsSync => Name is "fdatasync" or "fsync";

    public bool IsFileWrite => Name is "pwrite64" or "write" or "pwritev" && Target.StartsWith('/');

    public bool IsSend => Name is "sendto" or "sendmsg" or "write" or "writev" && Target.StartsWith("TCP:");
}

/// <summary>What <c>strace -f -yy</c> wrote, and the question it was written for: did a sync come before the answer?</summary>
internal sealed partial class SyscallTrace(IReadOnlyList<Syscall> calls)
{
    /// <summary>What to start the program with. The strings are long enough for a whole page of the database.</summary>
    public static string[] Launcher(string file) =>
        [
            Repository.Tool("strace"),
            .. $"-f --seccomp-bpf -yy -s 16384 -e trace=fdatasync,fsync,pwrite64,pwritev,write,writev,sendto,sendmsg -o {file}".Split(
                ' '
            ),
        ];

    public static SyscallTrace Parse(IEnumerable<string> lines)
    {
        var calls = new List<Syscall>();
        var open = new Dictionary<string, (int Begin, Match Start)>(StringComparer.Ordinal);
        foreach (var (index, line) in lines.Index())
        {
            if (Resumed().Match(line) is { Success: true } end && open.Remove(end.Groups["pid"].Value, out var begun))
                calls.Add(Call(begun.Begin, index, begun.Start, end.Groups["result"].Value));
            else if (Start().Match(line) is { Success: true } start)
            {
                if (line.EndsWith("<unfinished ...>", StringComparison.Ordinal))
                    open[start.Groups["pid"].Value] = (index, start);
                else
                    calls.Add(Call(index, index, start, Result().Match(line).Groups["result"].Value));
            }
        }
        return new SyscallTrace([.. calls.OrderBy(c => c.Begin)]);
    }

    /// <summary>The same run as it would look if nobody had synced: what a database with <c>synchronous=OFF</c> shows.</summary>
    public SyscallTrace WithoutSyncs() => new([.. calls.Where(c => !c.IsSync)]);

    /// <summary>The same run with every sync ending only after all answers had left.</summary>
    public SyscallTrace WithLateSyncs() => new([.. calls.Select(c => c.IsSync ? c with { End = int.MaxValue } : c)]);

    /// <summary>All sends, in order.</summary>
    public IEnumerable<Syscall> Sends => calls.Where(c => c.IsSend);

    /// <summary>Null where the answer left after a sync that covers what was written; else what is wrong.</summary>
    public string? Fault(string written, Syscall? answer)
    {
        if (answer is null)
            return $"{written}: no answer in the trace";
        if (calls.FirstOrDefault(c => c.IsFileWrite && c.Text.Contains(written)) is not { } write)
            return $"{written}: never written to a file";
        var sync = calls.FirstOrDefault(c => c.IsSync && c.Ok && c.Target == write.Target && c.Begin > write.End);
        if (sync is null)
            return $"{written}: written to {write.Target} and never synced";
        return sync.End < answer.Begin ? null : $"{written}: answered before the sync of {write.Target} had returned";
    }

    private static Syscall Call(int begin, int end, Match start, string result) =>
        new(
            begin,
            end,
            start.Groups["name"].Value,
            start.Groups["target"].Value,
            start.Groups["rest"].Value,
            !result.StartsWith('-')
        );

    [GeneratedRegex(@"^(?<pid>\d+)\s+(?<name>\w+)\(\d+<(?<target>TCP:\[[^\]]*\]|[^>]*)>(?<rest>.*)$")]
    private static partial Regex Start();

    [GeneratedRegex(@"^(?<pid>\d+)\s+<\.\.\. \w+ resumed>.*= (?<result>-?\d+)[^=]*$")]
    private static partial Regex Resumed();

    [GeneratedRegex(@"= (?<result>-?\d+)[^=]*$")]
    private static partial Regex Result();
}
