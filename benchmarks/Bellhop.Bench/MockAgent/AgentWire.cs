using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bellhop.Bench.MockAgent;

/// <summary>The records that pi 1.5 writes in RPC mode, as far as a turn without tools has them.</summary>
internal sealed class AgentWire(Stream output, TimeProvider time)
{
    private readonly Lock _lock = new();

    /// <summary>Writes records, a line each, in one write.</summary>
    public void Send(params IReadOnlyList<JsonObject> records)
    {
        using var buffer = new MemoryStream();
        foreach (var record in records)
        {
            JsonSerializer.Serialize(buffer, record);
            buffer.WriteByte((byte)'\n');
        }
        lock (_lock)
        {
            output.Write(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
            output.Flush();
        }
    }

    public static JsonObject Response(JsonNode? id, string command, JsonObject? data = null)
    {
        var record = new JsonObject
        {
            ["type"] = "response",
            ["command"] = command,
            ["success"] = true,
        };
        if (id is not null)
            record["id"] = id.DeepClone();
        if (data is not null)
            record["data"] = data;
        return record;
    }

    public static JsonObject Refusal(JsonNode? id, string? command, string error)
    {
        var record = new JsonObject
        {
            ["type"] = "response",
            ["success"] = false,
            ["error"] = error,
        };
        if (id is not null)
            record["id"] = id.DeepClone();
        if (command is not null)
            record["command"] = command;
        return record;
    }

    public static JsonObject Plain(string type) => new() { ["type"] = type };

    public static JsonObject Settled(bool aborted) => new() { ["type"] = "agent_settled", ["aborted"] = aborted };

    public static JsonObject About(string type, JsonObject message) =>
        new() { ["type"] = type, ["message"] = message.DeepClone() };

    public static JsonObject AgentEnd(params IReadOnlyList<JsonObject> messages) =>
        new()
        {
            ["type"] = "agent_end",
            ["messages"] = new JsonArray([.. messages.Select(m => m.DeepClone())]),
            ["willRetry"] = false,
        };

    public JsonObject UserMessage(string text) =>
        new()
        {
            ["role"] = "user",
            ["content"] = TextParts(text),
            ["timestamp"] = Now(),
        };

    public JsonObject AssistantMessage(string? text, string stopReason) =>
        new()
        {
            ["role"] = "assistant",
            ["content"] = text is null ? [] : TextParts(text),
            ["api"] = "mock",
            ["provider"] = "mock",
            ["model"] = "mock-1",
            ["usage"] = Usage(),
            ["stopReason"] = stopReason,
            ["timestamp"] = Now(),
        };

    private static JsonArray TextParts(string text) => [new JsonObject { ["type"] = "text", ["text"] = text }];

    private static JsonObject Usage() =>
        new()
        {
            ["input"] = 0,
            ["output"] = 0,
            ["cacheRead"] = 0,
            ["cacheWrite"] = 0,
            ["totalTokens"] = 0,
        };

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
