using System.Diagnostics;
using Bellhop.Bench.Subjects;

namespace Bellhop.Bench.Load;

/// <summary>Which of a round's events the agent read.</summary>
/// <param name="FirstRead">When each was first read, in ticks of the monotonic clock.</param>
/// <param name="Prompts">The prompts that carried them.</param>
internal sealed record Arrivals(IReadOnlyDictionary<int, long> FirstRead, int Prompts)
{
    /// <summary>After this long without a new event, what is missing is held to be lost.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits until all events of a round have arrived, or nothing more comes.</summary>
    public static async Task<Arrivals> SettleAsync(
        IGateway gateway,
        int first,
        int count,
        TimeProvider time,
        CancellationToken cancel
    )
    {
        var (arrived, lastChange) = (Of(gateway, first, count), Stopwatch.GetTimestamp());
        while (arrived.FirstRead.Count < count && Stopwatch.GetElapsedTime(lastChange) < Silence)
        {
            await Task.Delay(BetweenLooks, time, cancel);
            var now = Of(gateway, first, count);
            if (now.FirstRead.Count > arrived.FirstRead.Count)
                lastChange = Stopwatch.GetTimestamp();
            arrived = now;
        }
        return arrived;
    }

    private static Arrivals Of(IGateway gateway, int first, int count)
    {
        var firstRead = new Dictionary<int, long>();
        var prompts = 0;
        foreach (var prompt in gateway.Prompts)
        {
            var ours = prompt.Events.Where(e => e >= first && e < first + count).ToList();
            prompts += ours.Count > 0 ? 1 : 0;
            foreach (var number in ours)
                firstRead.TryAdd(number, prompt.ReadAt);
        }
        return new Arrivals(firstRead, prompts);
    }
}
