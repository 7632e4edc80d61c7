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
        MaxDepth = EventLimits.MaxDepth,
        CommentHandling = JsonCommentHandling.Disallow,
    };

    /// <summary>Reads one event. <paramref name="body"/> must stay unchanged for as long as the event lives.</summary>
    public ReadResult Read(ReadOnlyMemory<byte> body, EventDefaults defaults)
    {
        if (body.Length > EventLimits.MaxBytes)
            return ReadResult.Bad(
                Errors.TooLarge,
                $"The event has {body.Length:N0} bytes; at most {EventLimits.MaxBytes:N0} are taken. Put large data in a file and send its path."
            );
        if (!Utf8.IsValid(body.Span))
            return ReadResult.Bad(Errors.NotUtf8, "The event is not valid UTF-8. Encode it as UTF-8 JSON.");
        try
        {
            using var document = JsonDocument.Parse(body, Options);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? ReadObject(new EventFields(document.RootElement), body, defaults)
                : ReadResult.Bad(
                    Errors.NotObject,
                    $"An event is a JSON object, not {Words(document.RootElement.ValueKind)}."
                );
        }
        catch (JsonException e)
        {
            return ReadResult.Bad(e);
        }
    }

    /// <summary>An event that stands for bytes which are none, so that they can be kept as a dead letter.</summary>
    public Event Unreadable(ReadOnlyMemory<byte> body, EventDefaults defaults)
    {
        var key = defaults.Key ?? ulids.Next();
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

    private ReadResult ReadObject(EventFields fields, ReadOnlyMemory<byte> body, EventDefaults defaults)
    {
        if (Name(fields, "type", out var type) is { } badType)
            return badType;
        if (type is null)
            return ReadResult.Bad(
                Errors.BadField,
                "'type' is required: a string such as \"download.complete\".",
                "type"
            );
        if (Name(fields, "source", out var source) is { } badSource)
            return badSource;
        if (source is null && Name(fields, "fn", out source) is { } badFunction)
            return badFunction;
        if (Name(fields, "id", out var id) is { } badId)
            return badId;

        var key = defaults.Key ?? ulids.Next();
        var occurred = fields.Time("ts");
        return new ReadResult(
            new Event
            {
                Key = key,
                Id = id ?? key.ToString(),
                Type = type,
                Source = source ?? defaults.Source,
                OccurredAt = occurred,
                ArrivedAt = time.GetUtcNow(),
                Origin = fields.Origin(),
                Kind = defaults.Kind,
                ReplyTo = defaults.ReplyTo,
                DedupeWindow = DedupeWindows.For(id, occurred, defaults.TrustedId),
                Body = body,
            },
            null
        );
    }

    /// <summary>Reads a name; what it returns is what is wrong with it.</summary>
    private static ReadResult? Name(EventFields fields, string field, out string? text)
    {
        if (!fields.TryText(field, out text))
            return ReadResult.Bad(
                Errors.BadCharacter,
                $"'{field}' holds half a character (a lone surrogate). Leave it out.",
                field
            );
        if (text is null)
            return null;
        if (text.Length > EventLimits.MaxNameLength)
            return ReadResult.Bad(
                Errors.BadField,
                $"'{field}' has {text.Length:N0} characters; at most {EventLimits.MaxNameLength} are taken.",
                field
            );
        return text.Contains('\0', StringComparison.Ordinal)
            ? ReadResult.Bad(Errors.BadCharacter, $"'{field}' holds a NUL character. Leave it out.", field)
            : null;
    }

    private static string Words(JsonValueKind kind) =>
        kind switch
        {
            JsonValueKind.Array => "an array",
            JsonValueKind.String => "a string",
            JsonValueKind.Number => "a number",
            _ => kind.ToString().ToLowerInvariant(),
        };
}
