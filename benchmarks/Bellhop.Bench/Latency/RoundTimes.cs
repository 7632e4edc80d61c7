using System.Diagnostics;
using Bellhop.Bench.Load;
using Bellhop.Bench.Report;

namespace Bellhop.Bench.Latency;

/// <summary>The times of one round, in milliseconds.</summary>
internal sealed record RoundTimes(
    double P50,
    double P99,
    double Max,
    double AnsweredP50,
    double AnsweredP99,
    double EventsPerPrompt,
    int Missing
)
{
    public static RoundTimes Of(IReadOnlyList<SentEvent> sent, Arrivals arrived)
    {
        var injected = sent.Where(s => arrived.FirstRead.ContainsKey(s.Number))
            .Select(s => Stopwatch.GetElapsedTime(s.SentAt, arrived.FirstRead[s.Number]).TotalMilliseconds)
            .ToList();
        var answered = sent.Select(s => Stopwatch.GetElapsedTime(s.SentAt, s.AnsweredAt).TotalMilliseconds).ToList();
        return new RoundTimes(
            Statistics.Percentile(injected, 50),
            Statistics.Percentile(injected, 99),
            injected.Count == 0 ? double.NaN : injected.Max(),
            Statistics.Percentile(answered, 50),
            Statistics.Percentile(answered, 99),
            injected.Count / (double)Math.Max(1, arrived.Prompts),
            sent.Count - injected.Count
        );
    }
}
