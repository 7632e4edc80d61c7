using System.Buffers;
using System.Text.Json;
using Bellhop.Store;

namespace Bellhop.Redis.Store;

/// <summary>A turn's answer as it stands in Redis.</summary>
internal static class ReplyJson
{
    public static ReadOnlyMemory<byte> Write(IReadOnlyList<Reply> replies)
    {
        if (replies.Count == 0)
            return ReadOnlyMemory<byte>.Empty;
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, EventJson.Legible))
        {
            json.WriteStartArray();
            foreach (var reply in replies)
            {
                json.WriteStartObject();
                json.WriteNumber("part", reply.Part);
                json.WriteString("text", reply.Text);
                if (reply.Address is { } address)
                    json.WriteString("address", address);
                json.WriteNumber("state", (int)reply.State);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        return buffer.WrittenMemory;
    }

    public static IReadOnlyList<Reply> Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
            return [];
        using var document = JsonDocument.Parse(bytes);
        return
        [
            .. document
                .RootElement.EnumerateArray()
                .Select(json => new Reply(
                    (int)json.Number("part"),
                    json.Text("text"),
                    json.MaybeText("address"),
                    (ReplyState)json.Number("state")
                )),
        ];
    }
}
