using System.Globalization;
using System.Text;

namespace Bellhop.Store.Sqlite;

/// <summary>
/// A delivery's steps as they stand in its row: a line each, <c>STATE MS NOTE</c>, so that <c>sqlite3</c> shows them to
/// a person as well. Bounded: an outage gives a delivery back every few seconds, and only the first and the newest of
/// those rounds are kept, with the number of rounds left out between them (<c>MS+N</c>).
/// </summary>
internal static class History
{
    /// <summary>More than a healthy retry policy ever makes, so that only outages lose rounds.</summary>
    public const int MaxRounds = 12;

    /// <summary>A note is a sentence for a receipt; a stack trace belongs in the log.</summary>
    public const int MaxNoteLength = 500;

    private readonly record struct Step(DeliveryState State, long At, int LeftOut, string Note);

    /// <summary>Everything is accepted first, also what is queued or dead in the same instant.</summary>
    public static string Start(DeliveryState state, DateTimeOffset at, string? note) =>
        state == DeliveryState.Accepted
            ? Line(state, at, note)
            : Line(DeliveryState.Accepted, at, null) + Line(state, at, note);

    public static string Append(string history, DeliveryState state, DateTimeOffset at, string? note)
    {
        var line = Line(state, at, note);
        return state == DeliveryState.Queued && Rounds(history) >= MaxRounds
            ? WithoutOldestRoundButFirst(history + line)
            : history + line;
    }

    public static IReadOnlyList<HistoryEntry> Read(string history) => [.. Parse(history).Select(Entry)];

    private static HistoryEntry Entry(Step step)
    {
        var note =
            step.LeftOut == 0 ? step.Note : $"{step.Note} ({step.LeftOut} rounds before this one left out)".Trim();
        return new HistoryEntry(step.State, DateTimeOffset.FromUnixTimeMilliseconds(step.At), note is "" ? null : note);
    }

    // A round ends where the delivery is queued again; the first two steps are its birth.
    private static int Rounds(string history) => EndsOfRounds(Parse(history)).Count;

    private static List<int> EndsOfRounds(List<Step> steps) =>
        [.. Enumerable.Range(2, Math.Max(0, steps.Count - 2)).Where(i => steps[i].State == DeliveryState.Queued)];

    private static string WithoutOldestRoundButFirst(string history)
    {
        var steps = Parse(history);
        var ends = EndsOfRounds(steps);
        var (first, second, third) = (ends[0], ends[1], ends[2]);
        steps[third] = steps[third] with { LeftOut = steps[third].LeftOut + steps[second].LeftOut + 1 };
        steps.RemoveRange(first + 1, second - first);
        return steps.Aggregate(new StringBuilder(), (text, step) => text.Append(Line(step))).ToString();
    }

    private static string Line(DeliveryState state, DateTimeOffset at, string? note) =>
        Line(new Step(state, at.ToUnixTimeMilliseconds(), 0, Clean(note)));

    private static string Line(Step step)
    {
        var leftOut = step.LeftOut == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"+{step.LeftOut}");
        return string.Create(CultureInfo.InvariantCulture, $"{(int)step.State} {step.At}{leftOut} {step.Note}\n");
    }

    private static List<Step> Parse(string history) =>
        [.. history.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(ParseLine)];

    private static Step ParseLine(string line)
    {
        var fields = line.Split(' ', 3);
        var time = fields[1].Split('+');
        return new Step(
            (DeliveryState)int.Parse(fields[0], CultureInfo.InvariantCulture),
            long.Parse(time[0], CultureInfo.InvariantCulture),
            time.Length > 1 ? int.Parse(time[1], CultureInfo.InvariantCulture) : 0,
            fields[2]
        );
    }

    private static string Clean(string? note)
    {
        if (note is null)
            return "";
        var line = note.ReplaceLineEndings(" ").Trim();
        return line.Length <= MaxNoteLength ? line : $"{line.AsSpan(0, MaxNoteLength - 1)}…";
    }
}
