using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Cli.Setup;

/// <summary>An event on its way to a store that is away: a line of JSON, then the producer's bytes as they came.</summary>
internal static class SpooledEventFile
{
    private const byte LineEnd = (byte)'\n';

    /// <summary>The file's content.</summary>
    public static byte[] Write(SpooledEvent spooled)
    {
        var e = spooled.Event;
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("key", e.Key.ToString());
            json.WriteString("id", e.Id);
            json.WriteString("type", e.Type);
            json.WriteString("source", e.Source);
            json.WriteString("arrivedAt", e.ArrivedAt);
            json.WriteNumber("kind", (int)e.Kind);
            json.WriteNumber("windowMs", (long)e.DedupeWindow.TotalMilliseconds);
            json.WriteString("occurredAt", e.OccurredAt?.ToString("O", CultureInfo.InvariantCulture));
            json.WriteString("origin", e.Origin?.Value);
            json.WriteString("replyTo", e.ReplyTo);
            json.WriteString("list", spooled.List?.Value);
            json.WriteString("quarantine", spooled.Quarantine);
            json.WriteEndObject();
        }
        buffer.Write([LineEnd]);
        buffer.Write(e.Body.Span);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads it back.</summary>
    /// <exception cref="FormatException">It is not what we wrote.</exception>
    public static SpooledEvent Read(byte[] content)
    {
        try
        {
            var end = Array.IndexOf(content, LineEnd);
            var json = JsonNode.Parse(content.AsSpan(0, Math.Max(end, 0)))!.AsObject();
            return new SpooledEvent(
                Event(json, content.AsMemory(end + 1)),
                Session(json["list"]),
                (string?)json["quarantine"]
            );
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new FormatException("The file is not what Bellhop wrote.", e);
        }
    }

    private static Event Event(JsonObject json, ReadOnlyMemory<byte> body) =>
        new()
        {
            Key = Ulid.Parse((string)json["key"]!),
            Id = (string)json["id"]!,
            Type = (string)json["type"]!,
            Source = (string)json["source"]!,
            ArrivedAt = (DateTimeOffset)json["arrivedAt"]!,
            Kind = (EventKind)(int)json["kind"]!,
            DedupeWindow = TimeSpan.FromMilliseconds((long)json["windowMs"]!),
            OccurredAt = (string?)json["occurredAt"] is { } at
                ? DateTimeOffset.Parse(at, CultureInfo.InvariantCulture)
                : null,
            Origin = Session(json["origin"]),
            ReplyTo = (string?)json["replyTo"],
            Body = body,
        };

    private static SessionId? Session(JsonNode? node) => (string?)node is { } text ? SessionId.Parse(text) : null;
}
