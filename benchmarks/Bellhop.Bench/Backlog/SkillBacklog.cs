using System.Diagnostics;
using Bellhop.Bench.Report;
using Bellhop.Bench.Subjects;

namespace Bellhop.Bench.Backlog;

/// <summary>The same queue in front of the peer.</summary>
internal static class SkillBacklog
{
    public static async Task<IReadOnlyList<Measure>> RunAsync(
        BenchContext context,
        int count,
        TimeSpan work,
        CancellationToken cancel
    )
    {
        context.Say("backlog: the skill");
        var folder = context.Scratch.NewFolder("skill");
        await using var gateway = await SkillGateway.StartAsync(
            context.Parts,
            folder,
            "everysec",
            AgentSetup.Instant,
            async (redis, c) => await RedisFill.WriteAsync(redis, count, context.Time, c),
            cancel
        );
        var first = await BacklogBench.FirstPromptAsync(gateway, Stopwatch.GetTimestamp(), context.Time, cancel);
        await Task.Delay(work, context.Time, cancel);
        var sample = ProcessSample.Of(gateway.Pid);
        return
        [
            new Measure(gateway.Name, BacklogBench.StartToFirst, "s", [BacklogBench.Seconds(gateway.StartedAt, first)]),
            new Measure(gateway.Name, "peak RSS", "MiB", [sample.PeakRssMiB]),
            new Measure(gateway.Name, "first prompt's size", "KiB", [first.Bytes / 1024.0]),
        ];
    }
}
