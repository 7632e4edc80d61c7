using System.Buffers;
using System.Text.Json;

namespace Bellhop.Redis.Bus;

/// <summary>What stands in the lease of central: whoever is told "held" reads here by whom.</summary>
public sealed record HolderRecord
{
    /// <summary>The machine.</summary>
    public required string Host { get; init; }

    /// <summary>The process.</summary>
    public required int Pid { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>A gateway's home, by which it knows itself after a restart; a terminal has none.</summary>
    public string? Home { get; init; }

    /// <summary><c>bellhop</c> or <c>pi-terminal</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>A gateway's agent: pi, command, echo.</summary>
    public string? Agent { get; init; }

    /// <summary>Tells this process from every other.</summary>
    public required string Nonce { get; init; }

    /// <summary>For people: <c>pi terminal 4711 on alpha</c>.</summary>
    public string Words => Home is null ? $"{Kind} {Pid} on {Host}" : $"the gateway {Pid} on {Host} ({Home})";

    /// <summary>The same gateway across restarts; null for a terminal.</summary>
    internal string? Identity => Home is null ? null : $"{Host}:{Home}";

    /// <summary>Reads a lease; null for one that nobody of us wrote.</summary>
    internal static HolderRecord? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement is { ValueKind: JsonValueKind.Object } fields ? Read(fields) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // somebody set the key by hand; the second is text that is no UTF-8
        }
    }

    /// <summary>The lease's value; the number of the term is added where it is given out.</summary>
    internal byte[] Write()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("sid", "gateway");
            json.WriteString("role", "central");
            json.WriteString("host", Host);
            json.WriteNumber("pid", Pid);
            json.WriteNumber("startedAt", StartedAt.ToUnixTimeMilliseconds());
            json.WriteString("home", Home);
            json.WriteString("kind", Kind);
            json.WriteString("agent", Agent);
            json.WriteString("nonce", Nonce);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static HolderRecord Read(JsonElement fields) =>
        new()
        {
            Host = Text(fields, "host") ?? "an unknown machine",
            Pid = Number(fields, "pid") is { } pid && pid.TryGetInt32(out var number) ? number : 0,
            StartedAt =
                Number(fields, "startedAt") is { } at && at.TryGetInt64(out var ms)
                    ? DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(ms, 0, 253402300799999))
                    : DateTimeOffset.UnixEpoch,
            Home = Text(fields, "home"),
            Kind = Text(fields, "kind") ?? "somebody",
            Agent = Text(fields, "agent"),
            Nonce = Text(fields, "nonce") ?? "",
        };

    private static string? Text(JsonElement fields, string name) =>
        fields.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static JsonElement? Number(JsonElement fields, string name) =>
        fields.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value : null;
}
