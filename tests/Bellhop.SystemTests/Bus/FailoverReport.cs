using System.Text.RegularExpressions;
using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Bus;

/// <summary>What two gateways did with what was pushed.</summary>
internal sealed partial record FailoverReport(
    IReadOnlyList<string> Lost,
    IReadOnlyList<string> Untold,
    IReadOnlyList<string> Twice,
    IReadOnlyList<string> GivenAgain
)
{
    public static async Task<FailoverReport> MakeAsync(IReadOnlyList<PushedEvent> pushed, TwoGateways gateways)
    {
        var receipts = new List<(PushedEvent Event, EventReceipt? Receipt)>();
        foreach (var e in pushed)
            receipts.Add((e, await gateways.Both[0].Api.FindAsync(e.Id)));
        var told = gateways.Both.Select(Marks).ToList();
        return new FailoverReport(
            [.. receipts.Where(r => !IsDone(r.Receipt)).Select(r => $"{r.Event.Mark}: {r.Receipt?.Text}")],
            [.. pushed.Select(e => e.Mark).Except(told.SelectMany(t => t))],
            [
                .. told.SelectMany(
                    (marks, i) => marks.CountBy(m => m).Where(c => c.Value > 1).Select(c => $"gateway {i}: {c}")
                ),
            ],
            [.. receipts.Where(r => r.Receipt?.Text.Contains("may have begun it") == true).Select(r => r.Event.Mark)]
        );
    }

    private static bool IsDone(EventReceipt? receipt) =>
        receipt is { Deliveries: [{ State: "completed", Reply.Length: > 0 }] };

    private static List<string> Marks(Member member) =>
        [.. member.Told().SelectMany(text => Mark().Matches(text).Select(m => m.Value).Distinct())];

    [GeneratedRegex(PushedEvent.MarkPattern)]
    private static partial Regex Mark();
}
