using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Bus;

/// <summary>
/// Producers push to two gateways all the time, and again and again something breaks, at a moment of chance. In the end the
/// verdict: what was acknowledged is completed, no transcript holds it twice, and the other one took over in time.
/// </summary>
internal sealed class GatewayRounds
{
    private const string KeptIn = "failover.md";

    private static readonly TimeSpan DrainTime = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestTakeOver = TwoGateways.Lease * 1.5;

    private readonly TwoGateways _gateways;
    private readonly int _seed = Random.Shared.Next();
    private readonly Random _random;
    private readonly List<SteadyProducer> _producers = [];

    /// <summary>With a producer for each gateway.</summary>
    public GatewayRounds(TwoGateways gateways, TimeSpan pace)
    {
        (_gateways, _random) = (gateways, new Random(_seed));
        foreach (var member in gateways.Both)
            Add(pace, SteadyProducer.ToGateway(() => Task.FromResult(member.Api)));
    }

    /// <summary>One more producer.</summary>
    public void Add(TimeSpan pace, Func<string, Task> push) =>
        _producers.Add(new SteadyProducer(_producers.Count, _random.Next(), pace, push));

    /// <param name="harm">Its name.</param>
    /// <param name="rounds">How often.</param>
    /// <param name="harmAsync">Does it and undoes it; how long the other gateway took to be central, where it had to be.</param>
    public async Task RunAsync(string harm, int rounds, Func<Task<TimeSpan?>> harmAsync)
    {
        var producing = Task.WhenAll(_producers.Select(p => p.RunAsync()));
        var takeOvers = new List<TimeSpan>();
        for (var round = 0; round < rounds; round++)
        {
            // Not a wait for anything: the moment is what is random.
            await Task.Delay(TimeSpan.FromSeconds(1 + _random.NextDouble()), TimeProvider.System);
            if (await harmAsync() is { } took)
                takeOvers.Add(took);
        }
        _producers.ForEach(p => p.Stop());
        await producing;
        await _gateways.WhoAsync();
        foreach (var member in _gateways.Both)
            await Wait.Until(() => member.IsDrainedAsync(), $"the backlog to drain (seed {_seed})", DrainTime);
        await JudgeAsync(harm, rounds, takeOvers);
    }

    private async Task JudgeAsync(string harm, int rounds, List<TimeSpan> takeOvers)
    {
        var pushed = _producers.SelectMany(p => p.Acknowledged).ToList();
        var report = await FailoverReport.MakeAsync(pushed, _gateways);
        var result = new RoundsResult(harm, rounds, pushed.Count, report.Lost.Count, report.Twice.Count)
        {
            GivenAgain = report.GivenAgain.Count,
            TakeOvers = takeOvers,
            Server = await ServerVersion.OfAsync(Repository.Tool("redis-server")),
        };
        await result.KeepAsync(KeptIn);
        report.Lost.ShouldBeEmpty($"seed {_seed}\n{_gateways.Both[0].Said}\n{_gateways.Both[1].Said}");
        report.Untold.ShouldBeEmpty($"seed {_seed}");
        report.Twice.ShouldBeEmpty($"seed {_seed}");
        takeOvers.ShouldAllBe(t => t <= LongestTakeOver);
    }
}
