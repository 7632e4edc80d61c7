using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Bellhop.Agents.Pi;

/// <summary>
/// What we say to pi: one JSON object per line in UTF-8 without a byte order mark, and never anything but an object (the
/// line <c>null</c> ends every known pi).
/// </summary>
internal static class PiCommand
{
    // Emoji and letters stay themselves in the log of a wire; JSON needs no more escaping than this.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A command that needs nothing but its name.</summary>
    public static byte[] Plain(string id, string type) => Write(("id", id), ("type", type));

    /// <summary>
    /// A prompt. Sent while an extension's own run is under way it would be refused; <c>followUp</c> queues it there and
    /// means nothing to an idle pi. A leading slash would be taken for a command of an extension.
    /// </summary>
    public static byte[] Prompt(string id, string text) =>
        Write(
            ("id", id),
            ("type", "prompt"),
            ("message", text.StartsWith('/') ? " " + text : text),
            ("streamingBehavior", "followUp")
        );

    /// <summary>Cancels a dialog.</summary>
    public static byte[] Cancel(string dialog)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("type", "extension_ui_response");
            json.WriteString("id", dialog);
            json.WriteBoolean("cancelled", true);
            json.WriteEndObject();
        }
        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    private static byte[] Write(params ReadOnlySpan<(string Name, string Value)> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            foreach (var (name, value) in members)
                json.WriteString(name, value);
            json.WriteEndObject();
        }
        return [.. buffer.WrittenSpan, (byte)'\n'];
    }
}
