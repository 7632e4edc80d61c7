using System.Text.Json;
using Bellhop.Diagnostics.Views;

namespace Bellhop.Cli.Rendering;

/// <summary>What an event holds, in full: its payload indented, or the bytes that could not be read.</summary>
internal static class BodyView
{
    private const int BytesALine = 16;

    /// <summary>Safe to print.</summary>
    public static IEnumerable<string> Lines(EventDto e) =>
        e.Unreadable is { } body
            ? body.Encoding == "base64"
                ? Hex(Convert.FromBase64String(body.Text))
                : Printable.Lines(body.Text)
            : e.Payload is { } payload
                ? Printable.Lines(JsonSerializer.Serialize(payload, Indented))
                : ["(no payload)"];

    private static readonly JsonSerializerOptions Indented = new(Setup.Json.Relaxed)
    {
        WriteIndented = true,
        MaxDepth = 80,
    };

    private static IEnumerable<string> Hex(byte[] bytes) =>
        bytes
            .Chunk(BytesALine)
            .Select(
                (chunk, i) =>
                    $"{i * BytesALine:x6}  {string.Join(' ', chunk.Select(b => b.ToString("x2"))), -47}  "
                    + string.Concat(chunk.Select(b => b is >= 0x20 and < 0x7f ? (char)b : '.'))
            );
}
