using System.Diagnostics;
using Bellhop.Bench.MockAgent;
using Bellhop.Bench.Report;
using Bellhop.Bench.Subjects;

namespace Bellhop.Bench.Backlog;

/// <summary>How a gateway comes back to a long queue.</summary>
internal sealed class BacklogBench : IBench
{
    internal const string StartToFirst = "start to first prompt";

    private static readonly TimeSpan Work = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    public string Name => "backlog";

    public string Title => "Recovery of a backlog";

    public string Method =>
        "A queue written while no gateway runs (Bellhop: through the store's own API into a fresh home; the skill: its Redis list), then the gateway is started with an agent that answers at once, and works for "
        + $"{Work.TotalSeconds:0} s. Peak memory is the most the gateway's process ever had resident. The skill's first prompt carries the whole list.";

    public async Task<Findings> RunAsync(BenchContext context, CancellationToken cancel)
    {
        var count = context.Quick ? 100_000 : 1_000_000;
        var measures = new List<Measure>();
        measures.AddRange(await OursAsync(context, count, cancel));
        var notes = new List<string> { $"{count:N0} events." };
        try
        {
            measures.AddRange(await SkillBacklog.RunAsync(context, count, Work, cancel));
        }
        catch (BenchException e)
        {
            notes.Add($"The skill did not get through it: {e.Message}");
        }
        return new Findings(measures) { Notes = notes };
    }

    private static async Task<IReadOnlyList<Measure>> OursAsync(
        BenchContext context,
        int count,
        CancellationToken cancel
    )
    {
        var home = context.Scratch.NewFolder("home");
        context.Say($"backlog: writing {count:N0} events into a store");
        var written = await BacklogWriter.WriteAsync(Path.Combine(home, "state.db"), count, context.Time, cancel);
        context.Say("backlog: Bellhop");
        await using var gateway = await BellhopGateway.StartAsync(context.Parts, home, AgentSetup.Instant, cancel);
        var first = await FirstPromptAsync(gateway, gateway.ReadyAt, context.Time, cancel);
        await Task.Delay(Work, context.Time, cancel);
        var (prompts, sample) = (PromptLog.Read(gateway.AgentLog), ProcessSample.Of(gateway.Pid));
        var afterReady = Math.Max(0, Stopwatch.GetElapsedTime(gateway.ReadyAt, first.ReadAt).TotalMilliseconds);
        return
        [
            new Measure(gateway.Name, "ready", "s", [gateway.TimeToReady.TotalSeconds], Goal.NoMoreThan(5)),
            new Measure(gateway.Name, "first prompt after ready", "ms", [afterReady], Goal.NoMoreThan(1000)),
            new Measure(gateway.Name, StartToFirst, "s", [Seconds(gateway.StartedAt, first)]),
            new Measure(gateway.Name, "peak RSS", "MiB", [sample.PeakRssMiB], Goal.NoMoreThan(150)),
            new Measure(gateway.Name, "first prompt's size", "KiB", [first.Bytes / 1024.0]),
            new Measure(gateway.Name, "replayed", "events/s", [Rate(prompts)]),
            new Measure(gateway.Name, "durable writing of the backlog", "events/s", [count / written.TotalSeconds]),
        ];
    }

    internal static double Seconds(long since, LoggedPrompt prompt) =>
        Stopwatch.GetElapsedTime(since, prompt.ReadAt).TotalSeconds;

    /// <summary>Between the first and the last prompt that were read.</summary>
    internal static double Rate(IReadOnlyList<LoggedPrompt> prompts) =>
        prompts.Count < 2
            ? double.NaN
            : prompts.Skip(1).Sum(p => p.Events.Count)
                / Stopwatch.GetElapsedTime(prompts[0].ReadAt, prompts[^1].ReadAt).TotalSeconds;

    /// <summary>The first prompt, or the bench fails.</summary>
    internal static async Task<LoggedPrompt> FirstPromptAsync(
        IGateway gateway,
        long since,
        TimeProvider time,
        CancellationToken cancel
    )
    {
        while (Stopwatch.GetElapsedTime(since) < Patience)
        {
            if (gateway.Prompts is [var first, ..])
                return first;
            await Task.Delay(BetweenLooks, time, cancel);
        }
        throw new BenchException($"{gateway.Name} gave no prompt within {Patience.TotalSeconds:0} s.");
    }
}
