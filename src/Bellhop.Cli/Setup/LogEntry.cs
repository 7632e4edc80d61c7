using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Bellhop.Cli.Setup;

/// <summary>One entry of the log file, as <c>Hosting/LogOutput</c> writes it: a line, and indented ones that belong to it.</summary>
internal sealed partial record LogEntry(string At, string Level, string Category, int Id, string Message)
{
    private const string Indent = "    ";

    /// <summary>Lines become entries. What belongs to an entry that is not among them, or was no entry, is left out.</summary>
    public static IEnumerable<LogEntry> From(IEnumerable<string> lines)
    {
        LogEntry? entry = null;
        foreach (var line in lines)
        {
            if (line.StartsWith(Indent, StringComparison.Ordinal))
            {
                if (entry is not null)
                    entry = entry with { Message = $"{entry.Message}\n{line[Indent.Length..]}" };
                continue;
            }
            if (entry is not null)
                yield return entry;
            entry = Parse(line);
        }
        if (entry is not null)
            yield return entry;
    }

    /// <summary>One line of JSON.</summary>
    public string ToJson() =>
        new JsonObject
        {
            ["at"] = At,
            ["level"] = Level,
            ["category"] = Category,
            ["id"] = Id,
            ["message"] = Message,
        }.ToJsonString(Json.Relaxed);

    private static LogEntry? Parse(string line) =>
        Head().Match(line) is { Success: true } head
            ? new LogEntry(
                head.Groups["at"].Value,
                head.Groups["level"].Value,
                head.Groups["category"].Value,
                int.Parse(head.Groups["id"].ValueSpan),
                head.Groups["message"].Value
            )
            : null;

    [GeneratedRegex(
        @"^(?<at>\d{4}-\d\d-\d\dT[\d:.]+Z) (?<level>\w+) +(?<category>\S+)\[(?<id>-?\d{1,9})\] (?<message>.*)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Head();
}
