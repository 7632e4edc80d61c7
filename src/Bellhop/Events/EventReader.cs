using System.Text.Json;
using System.Text.Unicode;

namespace Bellhop.Events;

/// <summary>
/// Reads what producers write, tolerantly: every shape that has been seen on the wire becomes an event, and what is no
/// event comes back with the reason. <see cref="EventWriter"/> is the strict side.
/// </summary>
public sealed class EventReader(TimeProvider time, UlidFactory ulids)
{
    private static readonly JsonDocumentOptions Options = new()
    {
        // One deeper than allowed, so that too deep is told apart from not JSON.
        MaxDepth = EventLimits.MaxDepth,
        CommentHandling = JsonCommentHandling.Disallow,
    };

    /// <summary>Reads one event. <paramref name="body"/> must stay unchanged for as long as the event lives.</summary>
    public ReadResult Read(ReadOnlyMemory<byte> body, EventDefaults defaults)
    {
        if (body.Length > EventLimits.MaxBytes)
            return ReadResult.Bad(
                "BH-4131",
                $"The event has {body.Length:N0} bytes; at most {EventLimits.MaxBytes:N0} are taken. Put large data in a file and send its path."
            );
        if (!IsUtf8(body.Span))
            return ReadResult.Bad("BH-4003", "The event is not valid UTF-8. Encode it as UTF-8 JSON.");
        try
        {
            using var document = JsonDocument.Parse(body, Options);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? ReadObject(document.RootElement, body, defaults)
                : ReadResult.Bad("BH-4004", $"An event is a JSON object, not {Words(document.RootElement.ValueKind)}.");
        }
        catch (JsonException e) when (e.Message.Contains("depth", StringComparison.OrdinalIgnoreCase))
        {
            return ReadResult.Bad("BH-4002", $"The event nests deeper than {EventLimits.MaxDepth} levels. Flatten it.");
        }
        catch (JsonException e)
        {
            return ReadResult.Bad(
                "BH-4000",
                $"The event is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}."
            );
        }
    }

    /// <summary>An event that stands for bytes which are none, so that they can be kept as a dead letter.</summary>
    public Event Unreadable(ReadOnlyMemory<byte> body, EventDefaults defaults)
    {
        var key = ulids.Next();
        return new Event
        {
            Key = key,
            Id = key.ToString(),
            Type = "unreadable",
            Source = defaults.Source,
            ArrivedAt = time.GetUtcNow(),
            Kind = defaults.Kind,
            ReplyTo = defaults.ReplyTo,
            Body = body,
        };
    }

    private ReadResult ReadObject(JsonElement root, ReadOnlyMemory<byte> body, EventDefaults defaults)
    {
        if (Text(root, "type") is not { Length: > 0 } type)
            return ReadResult.Bad("BH-4001", "'type' is required: a string such as \"download.complete\".", "type");
        if (TooLong(type))
            return TooLongName("type", type);
        if (type.Contains('\0', StringComparison.Ordinal))
            return ReadResult.Bad("BH-4005", "'type' holds a NUL character. Leave it out.", "type");

        var source = Text(root, "source") ?? Text(root, "fn") ?? defaults.Source;
        if (TooLong(source))
            return TooLongName("source", source);
        var id = Text(root, "id");
        if (id is not null && TooLong(id))
            return TooLongName("id", id);

        var origin = Origin(root);
        if (origin is not null && !SessionId.TryParse(origin, out _) && !IsChannel(origin))
            origin = null;
        var key = ulids.Next();
        var occurred = Occurred(root);
        return new ReadResult(
            new Event
            {
                Key = key,
                Id = id is { Length: > 0 } ? id : key.ToString(),
                Type = type,
                Source = source.Length > 0 ? source : defaults.Source,
                OccurredAt = occurred,
                ArrivedAt = time.GetUtcNow(),
                Origin = SessionId.TryParse(origin, out var session) ? session : null,
                Kind = defaults.Kind,
                ReplyTo = defaults.ReplyTo,
                DedupeWindow = DedupeWindows.For(id, occurred, defaults.TrustedId),
                Body = body,
            },
            null
        );
    }

    /// <summary>The producer's number in milliseconds; below 1e12 it is seconds; 0, missing or absurd is no time.</summary>
    private static DateTimeOffset? Occurred(JsonElement root)
    {
        if (!root.TryGetProperty("ts", out var ts))
            return null;
        var number = ts.ValueKind switch
        {
            JsonValueKind.Number when ts.TryGetDouble(out var n) => n,
            JsonValueKind.String when double.TryParse(ts.GetString(), out var n) => n,
            JsonValueKind.String when DateTimeOffset.TryParse(ts.GetString(), out var at) =>
                at.ToUnixTimeMilliseconds(),
            _ => 0,
        };
        const double secondsBelow = 1e12;
        const double year9999 = 253402300799999;
        if (number < secondsBelow)
            number *= 1000;
        return number is >= 1 and <= year9999 ? DateTimeOffset.FromUnixTimeMilliseconds((long)number) : null;
    }

    /// <summary>Three places, in order of precision: our own field, the article's, the payload's convention.</summary>
    private static string? Origin(JsonElement root) =>
        Text(root, "originSession")
        ?? Text(root, "origin")
        ?? (
            root.TryGetProperty("payload", out var payload) && payload.ValueKind == JsonValueKind.Object
                ? Text(payload, "originSession")
                : null
        );

    private static bool IsChannel(string origin) => origin.Contains(':', StringComparison.Ordinal);

    /// <summary>A string property; numbers and booleans are taken by their text, because shells quote badly.</summary>
    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
                _ => null,
            }
            : null;

    private static bool TooLong(string name) => name.Length > EventLimits.MaxNameLength;

    private static ReadResult TooLongName(string field, string value) =>
        ReadResult.Bad(
            "BH-4001",
            $"'{field}' has {value.Length:N0} characters; at most {EventLimits.MaxNameLength} are taken.",
            field
        );

    private static string Words(JsonValueKind kind) =>
        kind switch
        {
            JsonValueKind.Array => "an array",
            JsonValueKind.String => "a string",
            JsonValueKind.Number => "a number",
            _ => kind.ToString().ToLowerInvariant(),
        };

    private static bool IsUtf8(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes);
}
