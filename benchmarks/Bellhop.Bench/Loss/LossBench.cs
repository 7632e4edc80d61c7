using Bellhop.Bench.Load;
using Bellhop.Bench.Report;
using Bellhop.Bench.Subjects;

namespace Bellhop.Bench.Loss;

/// <summary>What becomes of events while the agent is busy, and when the gateway is killed among them.</summary>
internal sealed class LossBench : IBench
{
    private const double PerSecond = 200;
    private const int Producers = 4;

    private static readonly AgentSetup Agent = new(TimeSpan.FromMilliseconds(50));

    public string Name => "loss";

    public string Title => "Lost, twice, out of order";

    public string Method =>
        $"{PerSecond:0} events a second from {Producers} producers to an agent whose turns take {Agent.Turn.TotalMilliseconds:0} ms. "
        + "Counted in the agent's session file: an event whose LPUSH was answered and which stands there never, or more than once, or after a later one of the same producer. "
        + "Then the same with the gateway's process killed (`kill -9`) after half of them and started again: for the skill that is the process its extension lives in. "
        + "A producer sends again, with the same id, what was not answered.";

    public async Task<Findings> RunAsync(BenchContext context, CancellationToken cancel)
    {
        var count = context.Quick ? 1_000 : 5_000;
        var measures = new List<Measure>();
        foreach (var killed in new[] { false, true })
        {
            await using var subjects = await SubjectSet.StartAsync(context, Agent, cancel);
            foreach (var gateway in subjects.All)
            {
                context.Say($"loss: {gateway.Name}{(killed ? ", killed in the middle" : "")}");
                var sent = await PushAsync(gateway, count, killed, context, cancel);
                await Arrivals.SettleAsync(gateway, 1, count, context.Time, cancel);
                measures.AddRange(Measures(gateway, SessionCount.Of(gateway, sent), killed));
            }
        }
        return new Findings([.. measures.OrderBy(m => m.Name.Contains("killed", StringComparison.Ordinal))])
        {
            Notes = [$"{count:N0} events each time."],
        };
    }

    private static async Task<IReadOnlyList<SentEvent>> PushAsync(
        IGateway gateway,
        int count,
        bool killed,
        BenchContext context,
        CancellationToken cancel
    )
    {
        var half = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var producers = new SteadyProducers(gateway.Bus, [EventBody.Central], Producers, PerSecond, context.Time);
        var pushing = producers.PushAsync(
            1,
            count,
            answered =>
            {
                if (answered == count / 2)
                    half.SetResult();
            },
            cancel
        );
        await half.Task.WaitAsync(cancel);
        if (killed)
            await gateway.CrashAsync(cancel);
        return await pushing;
    }

    private static IEnumerable<Measure> Measures(IGateway gateway, SessionCount found, bool killed)
    {
        var suffix = killed ? ", killed" : "";
        var goal = gateway is BellhopGateway ? Goal.NoMoreThan(0) : null;
        yield return new Measure(gateway.Name, "lost" + suffix, "", [found.Lost], goal);
        yield return new Measure(gateway.Name, "twice" + suffix, "", [found.Twice], goal);
        yield return new Measure(gateway.Name, "out of order" + suffix, "", [found.OutOfOrder], goal);
        yield return new Measure(gateway.Name, "prompts" + suffix, "", [found.Prompts]);
    }
}
