using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Bellhop.Agents.Processes;

namespace Bellhop.Agents.Acp;

/// <summary>One JSON-RPC 2.0 message from an agent: a request, a notification, or the response to a request of ours.</summary>
internal sealed record AcpMessage
{
    /// <summary>Theirs in a request, ours echoed in a response, undefined in a notification.</summary>
    public JsonElement Id { get; init; }
    public string? Method { get; init; }
    public JsonElement Params { get; init; }
    public JsonElement Result { get; init; }
    public AcpError? Error { get; init; }

    /// <summary>They ask and wait for an answer.</summary>
    [JsonIgnore]
    public bool IsRequest => Method is not null && Id.ValueKind is JsonValueKind.String or JsonValueKind.Number;

    /// <summary>The id of our request that this answers; null when it answers none.</summary>
    [JsonIgnore]
    public string? Answers => Method is null && Id.ValueKind == JsonValueKind.String ? Id.GetString() : null;

    /// <summary>The message on a line; false for anything else.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, [NotNullWhen(true)] out AcpMessage? message) =>
        JsonLine.TryRead(line, AcpJsonContext.Default.AcpMessage, out message)
        && (message.Method is not null || message.Answers is not null);
}

/// <summary>Why a request of ours failed.</summary>
internal sealed record AcpError
{
    /// <summary>The agent wants a login first (ACP v1).</summary>
    private const int AuthenticationRequired = -32000;

    // JSON-RPC 2.0: from a request that was not understood to one with wrong parameters. None of them was carried out.
    private const int InvalidRequest = -32600;
    private const int InvalidParams = -32602;
    private const int NotJson = -32700;

    public int Code { get; init; }
    public string? Message { get; init; }

    /// <summary>Where agents put what the message, often "Internal error", leaves out.</summary>
    public JsonElement Data { get; init; }

    [JsonIgnore]
    public bool WantsLogin => Code == AuthenticationRequired;

    /// <summary>The request was turned away before anything was done about it.</summary>
    [JsonIgnore]
    public bool IsRefusal => WantsLogin || Code is NotJson or (>= InvalidParams and <= InvalidRequest);

    /// <summary>The most telling words in it.</summary>
    [JsonIgnore]
    public string Words =>
        Data.ValueKind == JsonValueKind.String ? Data.GetString()!
        : Data.Text("details") is { Length: > 0 } details ? details
        : Message ?? $"error {Code}";
}

// 512: arguments of a tool may nest as deep as a model likes; the default of 64 would lose the message.
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 512)]
[JsonSerializable(typeof(AcpMessage))]
[JsonSerializable(typeof(AcpSessionRecord))]
internal sealed partial class AcpJsonContext : JsonSerializerContext;
