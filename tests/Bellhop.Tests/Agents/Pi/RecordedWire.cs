using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Bellhop.Agents.Pi;

namespace Bellhop.Tests.Agents.Pi;

/// <summary>Wire traffic of a real pi: one record a line, <c>{"t":seconds,"dir":"in" or "out","rec":{…}}</c>.</summary>
internal sealed class RecordedWire
{
    private readonly List<(bool FromPi, JsonElement Record)> _lines = [];

    public RecordedWire(string name, [CallerFilePath] string here = "")
    {
        foreach (var line in File.ReadLines(Path.Combine(Path.GetDirectoryName(here)!, "Transcripts", name + ".jsonl")))
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.TryGetProperty("rec", out var record) && record.ValueKind == JsonValueKind.Object)
                _lines.Add((json.RootElement.GetProperty("dir").GetString() == "out", record.Clone()));
        }
    }

    /// <summary>The prompts that the client gave, with their ids.</summary>
    public IEnumerable<(string Id, string Text)> Prompts =>
        _lines
            .Where(line =>
                !line.FromPi && line.Record.TryGetProperty("type", out var type) && type.GetString() == "prompt"
            )
            .Where(line => line.Record.TryGetProperty("message", out _))
            .Select(line =>
                (line.Record.GetProperty("id").GetString()!, line.Record.GetProperty("message").GetString()!)
            );

    /// <summary>Everything that pi wrote after the client had given this prompt.</summary>
    public IEnumerable<PiRecord> After(string prompt)
    {
        var given = _lines.FindIndex(line =>
            !line.FromPi && line.Record.TryGetProperty("message", out var text) && text.GetString() == prompt
        );
        given.ShouldBeGreaterThanOrEqualTo(0, prompt);
        foreach (var (_, record) in _lines.Skip(given).Where(line => line.FromPi))
        {
            PiJson.TryRead<PiRecord>(Encoding.UTF8.GetBytes(record.GetRawText()), out var read).ShouldBeTrue();
            yield return read!;
        }
    }
}
