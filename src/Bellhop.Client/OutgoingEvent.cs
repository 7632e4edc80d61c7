using System.Buffers;
using System.Text.Json;

namespace Bellhop.Client;

/// <summary>An event ready to be handed in, once or many times: its id and time are set.</summary>
/// <param name="Id">What makes it the same event.</param>
/// <param name="Type">What happened.</param>
/// <param name="Origin">The session that started it, if any.</param>
/// <param name="Body">Its bytes.</param>
internal sealed record OutgoingEvent(string Id, string Type, string? Origin, byte[] Body)
{
    // Bellhop's own limits. In Redis nobody would refuse what it must refuse later, when nobody is there to hear it.
    private const int MaxNameLength = 256;
    private const int MaxBytes = 1024 * 1024;

    /// <exception cref="ArgumentException">A name is empty or too long, the payload becomes no JSON object, or all is too large.</exception>
    public static OutgoingEvent Create(
        string type,
        string source,
        object? payload,
        PushOptions options,
        BellhopClientOptions client,
        DateTimeOffset now
    )
    {
        CheckName(type, nameof(type));
        CheckName(source, nameof(source));
        var id = options.Id is { Length: > 0 } given ? given : Guid.CreateVersion7(now).ToString();
        var origin = options.Origin ?? client.Origin ?? Environment.GetEnvironmentVariable("BELLHOP_SESSION");
        origin = origin is { Length: > 0 } ? origin : null;
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteString("type", type);
            json.WriteString("source", source);
            json.WritePropertyName("payload");
            Element(payload, client.PayloadJson).WriteTo(json);
            json.WriteNumber("ts", (options.OccurredAt ?? now).ToUnixTimeMilliseconds());
            if (origin is not null)
                json.WriteString("originSession", origin);
            json.WriteEndObject();
        }
        return buffer.WrittenCount <= MaxBytes
            ? new OutgoingEvent(id, type, origin, buffer.WrittenSpan.ToArray())
            : throw new ArgumentException(
                $"The event has {buffer.WrittenCount:N0} bytes; at most {MaxBytes:N0} are taken. Put large data in a file and send its path.",
                nameof(payload)
            );
    }

    private static void CheckName(string name, string parameter)
    {
        ArgumentException.ThrowIfNullOrEmpty(name, parameter);
        if (name.Length > MaxNameLength)
            throw new ArgumentException($"It has more than {MaxNameLength} characters.", parameter);
    }

    private static JsonElement Serialize(object? payload, JsonSerializerOptions options)
    {
        try
        {
            return payload is null
                ? JsonSerializer.SerializeToElement(new Dictionary<string, string>(), options)
                : JsonSerializer.SerializeToElement(payload, payload.GetType(), options);
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"The payload cannot be written as JSON: {e.Message}", nameof(payload), e);
        }
    }

    private static JsonElement Element(object? payload, JsonSerializerOptions options)
    {
        var element = Serialize(payload, options);
        return element.ValueKind == JsonValueKind.Object
            ? element
            : throw new ArgumentException(
                $"A payload becomes a JSON object, not {element.ValueKind}. Wrap it: new {{ text = … }}.",
                nameof(payload)
            );
    }
}
