using System.Diagnostics;
using Bellhop.Bench.Load;
using Bellhop.Bench.Report;

namespace Bellhop.Bench.Fanout;

/// <summary>One round, in milliseconds from the first send.</summary>
/// <param name="Missing">Deliveries that never arrived.</param>
internal sealed record FanoutTimes(double FirstP50, double LastP50, double LastP99, int Missing)
{
    public static FanoutTimes Of(
        IReadOnlyList<SentEvent> sent,
        IReadOnlyList<IReadOnlyDictionary<int, long>> firstReads
    )
    {
        var (firsts, lasts, missing) = (new List<double>(), new List<double>(), 0);
        foreach (var e in sent)
        {
            var reads = firstReads.Where(r => r.ContainsKey(e.Number)).Select(r => r[e.Number]).ToList();
            missing += firstReads.Count - reads.Count;
            if (reads.Count < firstReads.Count)
                continue;
            firsts.Add(Stopwatch.GetElapsedTime(e.SentAt, reads.Min()).TotalMilliseconds);
            lasts.Add(Stopwatch.GetElapsedTime(e.SentAt, reads.Max()).TotalMilliseconds);
        }
        return new FanoutTimes(
            Statistics.Percentile(firsts, 50),
            Statistics.Percentile(lasts, 50),
            Statistics.Percentile(lasts, 99),
            missing
        );
    }
}
