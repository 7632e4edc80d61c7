using Bellhop.Bench.Report;
using Bellhop.Bench.Subjects;

namespace Bellhop.Bench.Ingest;

/// <summary>How many events a second become durable.</summary>
internal sealed class IngestBench : IBench
{
    private const string Store = "store";
    private const string Raw = "raw SQLite";

    private static readonly int[] Producers = [1, 16, 256];

    public string Name => "ingest";

    public string Title => "Durable ingest";

    public string Method =>
        "Producers that each wait for the acknowledgement of one event before they write the next, on a fresh gateway, server or file each time, after a second of warm-up. "
        + "No agent runs. `LPUSH` and `HTTP` go to the built program, producers and program sharing the machine; `store` is its store, called directly; "
        + "`raw SQLite` writes the same rows into the same schema with prepared statements, the same group commit and nothing else; `Redis always` is redis-server with `appendfsync always`, which keeps the bytes and no state about them.";

    public async Task<Findings> RunAsync(BenchContext context, CancellationToken cancel)
    {
        var (rounds, length) = context.Quick ? (1, TimeSpan.FromSeconds(2)) : (5, TimeSpan.FromSeconds(3));
        var kinds = Kinds(context);
        var rates = new Dictionary<(string Kind, int Producers), List<double>>();
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var producers in Producers)
            {
                foreach (var kind in kinds)
                {
                    context.Say($"ingest: round {round} of {rounds}, {kind.Name}, {Label(producers)}");
                    await using var ingest = await kind.StartAsync(producers, cancel);
                    var rate = await IngestRun.MeasureAsync(ingest, producers, length, cancel);
                    if (!rates.TryGetValue((kind.Name, producers), out var all))
                        rates[(kind.Name, producers)] = all = [];
                    all.Add(rate);
                }
            }
        }
        string[] names = [.. Producers.Select(Label)];
        return new Findings([.. Measures(kinds, rates)])
        {
            Charts = [new ChartSpec("Durable events a second, by number of producers", "events/s", names, false)],
        };
    }

    private static List<IngestKind> Kinds(BenchContext context)
    {
        var (parts, scratch, time) = (context.Parts, context.Scratch, context.Time);
        string NewStore() => Path.Combine(scratch.NewFolder("store"), "state.db");
        Task<BellhopGateway> GatewayAsync(CancellationToken cancel) =>
            BellhopGateway.StartAsync(parts, scratch.NewFolder("home"), agent: null, cancel);
        return
        [
            new IngestKind(
                "LPUSH",
                async (_, cancel) =>
                {
                    var gateway = await GatewayAsync(cancel);
                    return new RespIngest(gateway.Bus, gateway, time);
                }
            ),
            new IngestKind(
                "HTTP",
                async (producers, cancel) => new HttpIngest(await GatewayAsync(cancel), producers, time)
            ),
            new IngestKind(Store, async (_, _) => await StoreIngest.StartAsync(NewStore(), time)),
            new IngestKind(Raw, async (_, cancel) => await RawIngest.StartAsync(NewStore(), time, cancel)),
            new IngestKind(
                "Redis always",
                async (_, cancel) =>
                {
                    var redis = await RedisServer.StartAsync(scratch.NewFolder("redis"), "always", cancel);
                    return new RespIngest(redis.EndPoint, redis, time);
                }
            ),
        ];
    }

    private static IEnumerable<Measure> Measures(
        List<IngestKind> kinds,
        Dictionary<(string Kind, int Producers), List<double>> rates
    )
    {
        foreach (var producers in Producers)
        {
            foreach (var kind in kinds)
                yield return new Measure(kind.Name, Label(producers), "events/s", rates[(kind.Name, producers)]);
        }
        foreach (var producers in Producers)
        {
            foreach (var kind in kinds.Where(k => k.Name != Raw))
            {
                // Each round against the raw run of the same round, so that the machine's moods cancel out.
                var ratios = rates[(kind.Name, producers)].Zip(rates[(Raw, producers)], (ours, floor) => ours / floor);
                var goal = kind.Name == Store && producers == Producers[^1] ? Goal.NoLessThan(0.7) : null;
                yield return new Measure(kind.Name, $"of raw SQLite, {Label(producers)}", "", [.. ratios], goal);
            }
        }
    }

    private static string Label(int producers) => producers == 1 ? "1 producer" : $"{producers} producers";
}
