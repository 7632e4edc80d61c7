using System.Text.RegularExpressions;

namespace Bellhop.SystemTests.Testing;

/// <summary>What is left to say after the killing: what was lost, told twice or out of order.</summary>
internal sealed partial record KillReport
{
    public required IReadOnlyList<string> Lost { get; init; }

    public required IReadOnlyList<string> Untold { get; init; }

    public required IReadOnlyList<string> Twice { get; init; }

    public required IReadOnlyList<string> OutOfOrder { get; init; }

    public required IReadOnlyList<string> WrongReply { get; init; }

    public required int Prompts { get; init; }

    public static async Task<KillReport> MakeAsync(
        IReadOnlyList<PushedEvent> pushed,
        GatewayApi api,
        Func<IReadOnlyList<string>> userMessages
    )
    {
        var receipts = new Dictionary<string, EventReceipt?>(StringComparer.Ordinal);
        foreach (var chunk in pushed.Chunk(8))
        {
            var found = await Task.WhenAll(chunk.Select(e => api.FindAsync(e.Id)));
            foreach (var (e, receipt) in chunk.Zip(found))
                receipts[e.Mark] = receipt;
        }
        return Of(pushed, receipts, userMessages());
    }

    /// <summary>In pi's own files, a user message is a prompt that arrived.</summary>
    public static KillReport Of(
        IReadOnlyList<PushedEvent> pushed,
        IReadOnlyDictionary<string, EventReceipt?> receipts,
        IReadOnlyList<string> userMessages
    )
    {
        var told = userMessages.SelectMany(text => Mark().Matches(text).Select(m => m.Value).Distinct()).ToList();
        return new KillReport
        {
            Lost = [.. pushed.Where(e => !IsDone(receipts[e.Mark])).Select(e => $"{e.Mark}: {receipts[e.Mark]?.Text}")],
            Untold = [.. pushed.Select(e => e.Mark).Except(told)],
            Twice = [.. told.CountBy(m => m).Where(c => c.Value > 1).Select(c => $"{c.Key}: {c.Value} times")],
            OutOfOrder = [.. told.GroupBy(m => m[..^"00000".Length]).SelectMany(Descents)],
            WrongReply = [.. pushed.Where(e => !IsFromItsTurn(receipts[e.Mark], receipts)).Select(e => e.Mark)],
            Prompts = userMessages.Count,
        };
    }

    private static bool IsDone(EventReceipt? receipt) =>
        receipt is { Deliveries: [{ State: "completed", Reply.Length: > 0 }] };

    /// <summary>An answer that names a mark names one of its own turn. A continued turn's answer names none.</summary>
    private static bool IsFromItsTurn(EventReceipt? receipt, IReadOnlyDictionary<string, EventReceipt?> all) =>
        receipt is not { Deliveries: [{ } own] }
        || Mark().Match(own.Reply) is not { Success: true } named
        || all[named.Value] is { Deliveries: [{ } other] } && other.Turn == own.Turn;

    private static IEnumerable<string> Descents(IEnumerable<string> marks) =>
        marks.Distinct().ToList() is var list
            ? list.Zip(list.Skip(1))
                .Where(p => string.CompareOrdinal(p.First, p.Second) > 0)
                .Select(p => $"{p.Second} after {p.First}")
            : [];

    [GeneratedRegex(PushedEvent.MarkPattern)]
    private static partial Regex Mark();
}
