using Bellhop.Bench.Load;
using Bellhop.Bench.Report;
using Bellhop.Bench.Subjects;

namespace Bellhop.Bench.Idle;

/// <summary>What waiting costs.</summary>
internal sealed class IdleBench : IBench
{
    /// <summary>A few events first, so that everything that a first event makes is there.</summary>
    private const int WarmUp = 100;

    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(5);

    public string Name => "idle";

    public string Title => "Idle";

    public string Method =>
        $"All gateways at once, each with the mock agent attached and {WarmUp} events behind it, then left alone. "
        + "Memory and CPU of the gateway's own process, without agent: Bellhop; the Node host with the extension, and its Redis server beside it. "
        + "In real life the extension lives in pi's process and only adds to it; Redis is shared with whatever else uses it.";

    public async Task<Findings> RunAsync(BenchContext context, CancellationToken cancel)
    {
        var length = TimeSpan.FromSeconds(context.Quick ? 15 : 60);
        await using var subjects = await SubjectSet.StartAsync(context, AgentSetup.Instant, cancel);
        foreach (var gateway in subjects.All)
            await WarmUpAsync(gateway, context, cancel);
        await Task.Delay(Settle, context.Time, cancel);

        var processes = subjects.All.SelectMany(Processes).ToList();
        var before = processes.ConvertAll(p => ProcessSample.Of(p.Pid));
        context.Say($"idle: {length.TotalSeconds:0} s of nothing");
        await Task.Delay(length, context.Time, cancel);
        var after = processes.ConvertAll(p => ProcessSample.Of(p.Pid));
        return new Findings([
            .. processes.SelectMany((p, i) => Measures(p.Name, before[i], after[i], length, isOurs: i == 0)),
        ])
        {
            Notes =
            [
                $"Over {length.TotalSeconds:0} s; memory at their end; the system counts CPU time in steps of 10 ms.",
            ],
        };
    }

    private static async Task WarmUpAsync(IGateway gateway, BenchContext context, CancellationToken cancel)
    {
        var producers = new SteadyProducers(gateway.Bus, [EventBody.Central], 1, WarmUp, context.Time);
        await producers.PushAsync(1, WarmUp, null, cancel);
        await Arrivals.SettleAsync(gateway, 1, WarmUp, context.Time, cancel);
    }

    private static IEnumerable<(string Name, int Pid)> Processes(IGateway gateway)
    {
        yield return (gateway.Name, gateway.Pid);
        if (gateway is SkillGateway skill)
            yield return ($"its Redis ({gateway.Name.Split(' ')[^1]})", skill.RedisPid);
    }

    private static IEnumerable<Measure> Measures(
        string name,
        ProcessSample before,
        ProcessSample after,
        TimeSpan length,
        bool isOurs
    )
    {
        var cpu = (after.CpuTime - before.CpuTime) / length * 100;
        yield return new Measure(name, "RSS", "MiB", [after.RssMiB], isOurs ? Goal.NoMoreThan(90) : null);
        yield return new Measure(name, "PSS", "MiB", [after.PssMiB]);
        yield return new Measure(name, "CPU", "% of a core", [cpu], isOurs ? Goal.NoMoreThan(0.3) : null);
    }
}
