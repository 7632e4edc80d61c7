using System.Buffers;
using System.Text;

namespace Bellhop.Agents.Pi;

/// <summary>
/// pi's session file: append-only JSON lines, which outlive every process and every compaction. What it holds of a
/// prompt decides whether the prompt arrived.
/// </summary>
internal static class PiTranscript
{
    private const byte NewLine = (byte)'\n';

    /// <summary>Looks for the newest user message with the marker, and for the reply to it.</summary>
    public static Arrival Find(string path, string marker)
    {
        if (!File.Exists(path))
            return new Arrival.No();
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var needle = Encoding.UTF8.GetBytes(Searchable(marker));
        foreach (var line in new BackwardSearch(file).LinesWith(needle))
        {
            if (PiJson.TryRead<PiEntry>(line.Bytes, out var entry) && IsOurs(entry, marker))
                return new Arrival.Yes(AnswerAfter(file, line.End));
        }
        return new Arrival.No();
    }

    /// <summary>
    /// Makes the file one that every pi continues. A process that was killed while it wrote leaves half a line, and pi
    /// 0.73.1 would write its next entry onto it. A file whose first line is torn holds nothing, and 1.5.2 would refuse
    /// to start on it for ever: it is put aside.
    /// </summary>
    public static void Repair(string path)
    {
        if (!File.Exists(path))
            return;
        if (!HasHeader(path))
        {
            File.Move(path, path + ".torn", overwrite: true);
            return;
        }
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Seek(-1, SeekOrigin.End);
        if (file.ReadByte() != NewLine)
            file.WriteByte(NewLine);
    }

    private static bool HasHeader(string path)
    {
        using var lines = File.ReadLines(path).GetEnumerator();
        return lines.MoveNext()
            && PiJson.TryRead<PiEntry>(Encoding.UTF8.GetBytes(lines.Current), out var header)
            && header.Type == "session";
    }

    private static bool IsOurs(PiEntry entry, string marker) =>
        entry.Type == "message"
        && PiMessage.Read(entry.Message) is { Role: "user" } message
        && message.Text.Contains(marker, StringComparison.Ordinal);

    /// <summary>The complete reply that stands before the next prompt, whoever gave that.</summary>
    private static string? AnswerAfter(FileStream file, long offset)
    {
        file.Seek(offset, SeekOrigin.Begin);
        using var rest = new StreamReader(file, Encoding.UTF8, false, -1, leaveOpen: true);
        string? answer = null;
        foreach (var line in Lines(rest))
        {
            if (!PiJson.TryRead<PiEntry>(Encoding.UTF8.GetBytes(line), out var entry))
                continue;
            var message = PiMessage.Read(entry.Message);
            if (message.Role == "user" || (entry.Type == "custom_message" && answer is not null))
                break;
            if (message.IsFinalAnswer)
                answer = message.Text;
        }
        return answer;
    }

    private static IEnumerable<string> Lines(StreamReader reader)
    {
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    /// <summary>The longest stretch of the marker that stands in a JSON string as it is.</summary>
    private static string Searchable(string marker)
    {
        var plain = marker.Split(marker.Where(c => c is '"' or '\\' or < ' ' or > '~').Distinct().ToArray());
        return plain.MaxBy(part => part.Length) is { Length: > 0 } longest
            ? longest
            : throw new ArgumentException("A marker needs plain letters.", nameof(marker));
    }
}
