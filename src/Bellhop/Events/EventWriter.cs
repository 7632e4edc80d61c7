using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Bellhop.Events;

/// <summary>Writes events in the one strict shape: id, type, source, payload, ts (Unix ms), originSession where there is one.</summary>
public static class EventWriter
{
    /// <summary>The bytes of a new event. <paramref name="payload"/> must be an object; null writes <c>{}</c>.</summary>
    public static byte[] Write(
        string id,
        string type,
        string source,
        DateTimeOffset occurredAt,
        JsonElement? payload = null,
        string? origin = null
    )
    {
        if (payload is { ValueKind: not JsonValueKind.Object })
            throw new ArgumentException("A payload is a JSON object.", nameof(payload));
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, id);
            json.WriteString("type"u8, type);
            json.WriteString("source"u8, source);
            json.WritePropertyName("payload"u8);
            // As it stands: decoding it would fail on half a character and round large numbers.
            json.WriteRawValue(payload is { } value ? JsonMarshal.GetRawUtf8Value(value) : "{}"u8, true);
            json.WriteNumber("ts"u8, occurredAt.ToUnixTimeMilliseconds());
            if (origin is not null)
                json.WriteString("originSession"u8, origin);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
