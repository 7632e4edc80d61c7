using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Bellhop.Events;

namespace Bellhop.Redis.Store;

/// <summary>An event as it stands in Redis: everything but its body, which stands beside it byte by byte.</summary>
internal static class EventJson
{
    /// <summary>Keeps what is legible legible; nothing here reaches a web page.</summary>
    public static readonly JsonWriterOptions Legible = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ReadOnlyMemory<byte> Write(Event e)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Legible))
        {
            json.WriteStartObject();
            json.WriteString("key", e.Key.ToString());
            json.WriteString("id", e.Id);
            json.WriteString("type", e.Type);
            json.WriteString("source", e.Source);
            json.WriteNumber("kind", (int)e.Kind);
            json.WriteNumber("arrived", e.ArrivedAt.ToUnixTimeMilliseconds());
            json.WriteNumber("window", (long)e.DedupeWindow.TotalMilliseconds);
            json.WriteNumber("size", e.Body.Length);
            if (e.OccurredAt is { } occurred)
                json.WriteNumber("occurred", occurred.ToUnixTimeMilliseconds());
            if (e.Origin is { } origin)
                json.WriteString("origin", origin.Value);
            if (e.ReplyTo is { } reply)
                json.WriteString("reply", reply);
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    public static Event Read(ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(bytes);
        var json = document.RootElement;
        return new Event
        {
            Key = Ulid.Parse(json.Text("key")),
            Id = json.Text("id"),
            Type = json.Text("type"),
            Source = json.Text("source"),
            Kind = (EventKind)json.Number("kind"),
            ArrivedAt = DateTimeOffset.FromUnixTimeMilliseconds(json.Number("arrived")),
            DedupeWindow = TimeSpan.FromMilliseconds(json.Number("window")),
            OccurredAt = json.MaybeTime("occurred"),
            Origin = json.MaybeText("origin") is { } origin ? SessionId.Parse(origin) : null,
            ReplyTo = json.MaybeText("reply"),
            Body = body,
        };
    }
}
