using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Bellhop.Bench.MockAgent;

/// <summary>One prompt as the mock agent read it.</summary>
/// <param name="ReadAt">When its line was complete, in ticks of the monotonic clock.</param>
/// <param name="Events">The numbers of the bench's events it names, in order.</param>
/// <param name="Bytes">The length of the line.</param>
internal sealed record LoggedPrompt(long ReadAt, IReadOnlyList<int> Events, long Bytes);

/// <summary>
/// What the mock agent read and when. Each process writes a file of its own, because a killed one's heir may overlap it.
/// </summary>
internal sealed partial class PromptLog : IDisposable
{
    // A prompt of the skill can hold a million lines.
    private const int MatchTimeout = 60_000;

    private readonly StreamWriter _file;

    public PromptLog(string folder)
    {
        Directory.CreateDirectory(folder);
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"{Stopwatch.GetTimestamp():D20}-{Environment.ProcessId}.log"
        );
        _file = new StreamWriter(Path.Combine(folder, name)) { AutoFlush = true };
    }

    /// <summary>The name that the bench gives the type of its event number <paramref name="number"/>.</summary>
    public static string EventType(int number) => string.Create(CultureInfo.InvariantCulture, $"bench.e{number:D7}");

    /// <summary>The numbers of the bench's events that a text names.</summary>
    public static IEnumerable<int> EventsIn(string text) =>
        EventTypes().Matches(text).Select(m => int.Parse(m.Groups["number"].ValueSpan, CultureInfo.InvariantCulture));

    public void Write(long readAt, string message, long bytes) =>
        _file.Write($"{readAt}\t{bytes}\t{string.Join(',', EventsIn(message))}\n");

    /// <summary>All prompts of a folder's files, in the order they were read. A torn last line is left out.</summary>
    public static IReadOnlyList<LoggedPrompt> Read(string folder) =>
        Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder).SelectMany(ReadFile).OrderBy(p => p.ReadAt)]
            : [];

    public void Dispose() => _file.Dispose();

    private static IEnumerable<LoggedPrompt> ReadFile(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        foreach (var line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = line.Split('\t');
            var events = fields[2].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse);
            yield return new LoggedPrompt(long.Parse(fields[0]), [.. events], long.Parse(fields[1]));
        }
    }

    [GeneratedRegex(@"bench\.e(?<number>\d+)", RegexOptions.ExplicitCapture, MatchTimeout)]
    private static partial Regex EventTypes();
}
