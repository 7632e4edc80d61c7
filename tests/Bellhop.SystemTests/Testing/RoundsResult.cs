using System.Globalization;

namespace Bellhop.SystemTests.Testing;

/// <summary>What rounds of one harm showed. The result of many is kept: a row in a table of <c>benchmarks/results</c>.</summary>
internal sealed record RoundsResult(string Harm, int Rounds, int Events, int Lost, int Twice)
{
    /// <summary>Enough to see that it still works.</summary>
    public const int Few = 3;

    /// <summary>Enough to be kept.</summary>
    public const int Many = 20;

    /// <summary>Tests of several classes may come to an end at once.</summary>
    private static readonly SemaphoreSlim OneWrites = new(1);

    /// <summary>Events that a second transcript was told because the first one's owner was gone.</summary>
    public int GivenAgain { get; init; }

    /// <summary>From each harm until somebody else had taken over; empty where nobody has to.</summary>
    public IReadOnlyList<TimeSpan> TakeOvers { get; init; } = [];

    /// <summary>The server and its version.</summary>
    public required string Server { get; init; }

    /// <summary>For a test's output.</summary>
    public override string ToString() =>
        $"{Harm}, {Rounds} rounds: {Events} events, {Lost} lost, {Twice} twice, {GivenAgain} given again, "
        + $"take-overs {string.Join(' ', TakeOvers.Select(Seconds))} s, {Server}";

    /// <summary>Says it, and keeps it when it speaks of many rounds. Before the verdict: a bad result is one too.</summary>
    public async Task KeepAsync(string file)
    {
        TestContext.Current.SendDiagnosticMessage($"{this}");
        if (Rounds < Many)
            return;
        var path = Repository.File($"benchmarks/results/{file}");
        await OneWrites.WaitAsync();
        try
        {
            var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
            await File.WriteAllTextAsync(path, Into(await File.ReadAllTextAsync(path), today));
        }
        finally
        {
            OneWrites.Release();
        }
    }

    /// <summary>The same text with this row in its table, in place of an earlier one of the same harm.</summary>
    public string Into(string text, DateOnly measured)
    {
        var lines = text.Split('\n').ToList();
        var earlier = lines.FindIndex(l => l.StartsWith($"| {Harm} |", StringComparison.Ordinal));
        if (earlier >= 0)
            lines[earlier] = Row(measured);
        else
            lines.Insert(lines.FindLastIndex(l => l.StartsWith('|')) + 1, Row(measured));
        return string.Join('\n', lines);
    }

    private string Row(DateOnly measured)
    {
        var sorted = TakeOvers.Order().ToList();
        var (median, longest) = sorted is [] ? ("", "") : (Seconds(sorted[sorted.Count / 2]), Seconds(sorted[^1]));
        var when = string.Create(CultureInfo.InvariantCulture, $"{measured:yyyy-MM-dd}");
        return $"| {Harm} | {Rounds} | {Events} | {Lost} | {Twice} | {GivenAgain} | {median} | {longest} | "
            + $"{when}, {Server}, {Environment.ProcessorCount} cores |";
    }

    private static string Seconds(TimeSpan span) => span.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture);
}
