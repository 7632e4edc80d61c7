using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Bellhop.Events;

namespace Bellhop.Diagnostics.Views;

/// <summary>An event as the API and the command line show it.</summary>
public sealed record EventDto
{
    /// <summary>Ours, unique for ever.</summary>
    public required string Key { get; init; }

    /// <summary>The producer's id, or the key where it sent none.</summary>
    public required string Id { get; init; }

    /// <summary>What happened.</summary>
    public required string Type { get; init; }

    /// <summary>Who says so.</summary>
    public required string Source { get; init; }

    /// <summary>When it happened, by the producer's clock; null where it did not say.</summary>
    public DateTimeOffset? Ts { get; init; }

    /// <summary>When it reached us.</summary>
    public required DateTimeOffset ArrivedAt { get; init; }

    /// <summary>The session that started what it reports.</summary>
    public string? Origin { get; init; }

    /// <summary>machine or person.</summary>
    public required string Kind { get; init; }

    /// <summary>Where an answer goes; null = onto the receipt only.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>The payload as its producer wrote it, in full (at most 1 MiB); null where there is none.</summary>
    [JsonConverter(typeof(RawJsonConverter))]
    public JsonElement? Payload { get; init; }

    /// <summary>The bytes, where they are not a JSON object; null otherwise.</summary>
    public BodyDto? Unreadable { get; init; }

    /// <summary>Shows an event.</summary>
    public static EventDto From(Event e)
    {
        var root = Parse(e.Body);
        return new EventDto
        {
            Key = e.Key.ToString(),
            Id = e.Id,
            Type = e.Type,
            Source = e.Source,
            Ts = e.OccurredAt,
            ArrivedAt = e.ArrivedAt,
            Origin = e.Origin?.Value,
            Kind = e.Kind == EventKind.Person ? "person" : "machine",
            ReplyTo = e.ReplyTo,
            Payload = root is { } o ? LooseJson.Find(o, "payload") : null,
            Unreadable = root is null ? BodyDto.From(e.Body.Span) : null,
        };
    }

    private static JsonElement? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = EventLimits.MaxDepth });
            var root = JsonElement.ParseValue(ref reader);
            return root.ValueKind == JsonValueKind.Object && Utf8.IsValid(body.Span) ? root : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Bytes that are no event.</summary>
/// <param name="Encoding">utf8 or base64: how <paramref name="Text"/> holds them.</param>
/// <param name="Text">All of them.</param>
/// <param name="Bytes">How many there are.</param>
public sealed record BodyDto(string Encoding, string Text, int Bytes)
{
    /// <summary>Shows bytes as text where they are text.</summary>
    public static BodyDto From(ReadOnlySpan<byte> bytes) =>
        Utf8.IsValid(bytes)
            ? new BodyDto("utf8", System.Text.Encoding.UTF8.GetString(bytes), bytes.Length)
            : new BodyDto("base64", Convert.ToBase64String(bytes), bytes.Length);
}
