using System.Text.Json;

namespace Bellhop.Agents.Pi;

/// <summary>
/// One record from pi: an answer to a command of ours, or an event. Only what we use; the rest of a record, which may be
/// megabytes, is skipped while reading.
/// </summary>
internal sealed record PiRecord
{
    public string? Type { get; init; }

    /// <summary>Ours, echoed; old pi leaves it out of errors. Of a request to us: its own.</summary>
    public JsonElement Id { get; init; }

    /// <summary>Which command an answer is for.</summary>
    public string? Command { get; init; }
    public bool? Success { get; init; }
    public JsonElement Error { get; init; }
    public JsonElement Data { get; init; }

    /// <summary>A message in most events, a text in requests of extensions.</summary>
    public JsonElement Message { get; init; }
    public PiDelta? AssistantMessageEvent { get; init; }

    public string? ToolCallId { get; init; }
    public string? ToolName { get; init; }
    public JsonElement Args { get; init; }
    public JsonElement Result { get; init; }
    public bool? IsError { get; init; }

    public double? Attempt { get; init; }
    public double? MaxAttempts { get; init; }
    public double? DelayMs { get; init; }
    public string? ErrorMessage { get; init; }
    public bool? WillRetry { get; init; }

    public string? Method { get; init; }
    public string? Title { get; init; }
    public string? StatusText { get; init; }

    /// <summary>The id as text, null when there is none.</summary>
    public string? IdText => Id.ValueKind == JsonValueKind.String ? Id.GetString() : null;

    /// <summary>Why a command failed.</summary>
    public string? ErrorText => Error.ValueKind == JsonValueKind.String ? Error.GetString() : null;

    /// <summary>True when that member of an answer's data is <c>true</c>.</summary>
    public bool DataIs(string name) => DataOf(name) is { ValueKind: JsonValueKind.True };

    /// <summary>A member of an answer's data; null when it is not there.</summary>
    public JsonElement? DataOf(string name) =>
        Data.ValueKind == JsonValueKind.Object && Data.TryGetProperty(name, out var value) ? value : null;
}

/// <summary>A piece of an assistant's message.</summary>
internal sealed record PiDelta
{
    public string? Type { get; init; }
    public string? Delta { get; init; }
}
