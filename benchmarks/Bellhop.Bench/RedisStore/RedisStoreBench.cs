using System.Diagnostics;
using Bellhop.Bench.Ingest;
using Bellhop.Bench.Subjects;
using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Bench.RedisStore;

/// <summary>What the store on Redis takes and how soon a lane has it, beside Redis itself.</summary>
internal sealed class RedisStoreBench : IBench
{
    private const string Ours = "store on Redis";
    private const string Raw = "LPUSH";

    private static readonly int[] Producers = [1, 16, 256];
    private static readonly string[] Syncs = ["everysec", "always"];

    public string Name => "redis";

    public string Title => "The store on Redis";

    public string Method =>
        "Producers that each wait for the acknowledgement of one event before they write the next, on a fresh redis-server each time, after a second of warm-up, with `appendfsync everysec` and `always`. "
        + "`store on Redis` appends events through the store; `LPUSH` sends the same bytes to a list over the same client and its one pipelined connection, and keeps no state about them. "
        + "`append` is one producer's wait for its acknowledgement; `event to lease` is from the call of an append to the lane's having the event in a turn, one at a time.";

    public async Task<Findings> RunAsync(BenchContext context, CancellationToken cancel)
    {
        var (rounds, length) = context.Quick ? (1, TimeSpan.FromSeconds(2)) : (5, TimeSpan.FromSeconds(3));
        var measures = new SamplesByName();
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var sync in Syncs)
            {
                context.Say($"redis: round {round} of {rounds}, appendfsync {sync}");
                foreach (var producers in Producers)
                    await RatesAsync(context, measures, sync, producers, length, cancel);
                await LatenciesAsync(context, measures, sync, context.Quick ? 500 : 2_000, cancel);
            }
        }
        return new Findings(measures.ToMeasures());
    }

    private static async Task RatesAsync(
        BenchContext context,
        SamplesByName measures,
        string sync,
        int producers,
        TimeSpan length,
        CancellationToken cancel
    )
    {
        var rates = new List<double>();
        foreach (var isRaw in (bool[])[false, true])
        {
            await using var redis = await RedisServer.StartAsync(context.Scratch.NewFolder("redis"), sync, cancel);
            await using IIngest ingest = isRaw
                ? await PipelinedIngest.StartAsync(redis.EndPoint, context.Time, cancel)
                : await RedisStoreIngest.StartAsync(redis.EndPoint, context.Time, cancel);
            rates.Add(await IngestRun.MeasureAsync(ingest, producers, length, cancel));
            measures.Add($"{(isRaw ? Raw : Ours)}, {sync}", $"{producers} producers", "events/s", rates[^1]);
        }
        measures.Add($"{Ours}, {sync}", $"of LPUSH, {producers} producers", "", rates[0] / rates[1]);
    }

    private static async Task LatenciesAsync(
        BenchContext context,
        SamplesByName measures,
        string sync,
        int events,
        CancellationToken cancel
    )
    {
        await using var redis = await RedisServer.StartAsync(context.Scratch.NewFolder("redis"), sync, cancel);
        await using var ingest = await RedisStoreIngest.StartAsync(redis.EndPoint, context.Time, cancel);
        var (appends, leases) = (new List<double>(), new List<double>());
        for (var i = 0; i < events; i++)
        {
            var leasing = ingest.Store.LeaseAsync(SessionId.Gateway, new BatchLimits(), cancel);
            var e = ingest.Events.Next(i);
            var start = Stopwatch.GetTimestamp();
            var appending = ingest.Store.AppendAsync([e], cancel);
            var leased = Elapsed(leasing, start);
            await appending;
            appends.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            leases.Add(await leased);
            var turn = (await leasing).Turn;
            await ingest.Store.InjectedAsync(turn, told: true, null, cancel);
            await ingest.Store.CompleteAsync(turn, [], null, cancel);
        }
        foreach (var (what, samples) in ((string, List<double>)[])[("append", appends), ("event to lease", leases)])
        {
            // The first tenth compiles code.
            var steady = samples.Skip(events / 10).Order().ToList();
            measures.Add($"{Ours}, {sync}", $"{what}, p50", "ms", steady[steady.Count / 2]);
            measures.Add($"{Ours}, {sync}", $"{what}, p99", "ms", steady[steady.Count * 99 / 100]);
        }
    }

    private static async Task<double> Elapsed(Task<TurnLease> leasing, long start)
    {
        await leasing;
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
