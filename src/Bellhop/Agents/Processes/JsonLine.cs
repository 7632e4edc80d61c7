using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Bellhop.Agents.Processes;

/// <summary>
/// One JSON object per line in UTF-8, without a byte order mark, and never anything but an object: what every agent that
/// speaks over its standard handles reads and writes.
/// </summary>
internal static class JsonLine
{
    // Emoji and letters stay themselves in the log of a wire; JSON needs no more escaping than this.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // A prompt of one event, so that it does not grow by halves.
    private const int Usual = 2 * 1024;

    /// <summary>The object on a line; false for anything else.</summary>
    public static bool TryRead<T>(ReadOnlySpan<byte> line, JsonTypeInfo<T> type, [NotNullWhen(true)] out T? value)
        where T : class
    {
        try
        {
            value = JsonSerializer.Deserialize(LoneSurrogates.Mend(line), type);
        }
        catch (JsonException)
        {
            value = null;
        }
        return value is not null;
    }

    /// <summary>An object with these members, and the newline.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(Usual);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        return [.. buffer.WrittenSpan, (byte)'\n'];
    }
}
