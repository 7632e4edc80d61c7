using System.Text.Json;

namespace Bellhop.Agents.Pi;

/// <summary>A message of a conversation, as far as it decides anything.</summary>
/// <param name="Role">user, assistant, toolResult, system, custom and others.</param>
/// <param name="Text">Its text parts; no thinking, no tool calls.</param>
/// <param name="StopReason">Why an assistant stopped: stop, length, toolUse, error, aborted.</param>
/// <param name="ErrorMessage">What went wrong with it.</param>
internal sealed record PiMessage(string? Role, string Text, string? StopReason, string? ErrorMessage)
{
    /// <summary>A complete reply: the model stopped by itself and said something.</summary>
    public bool IsFinalAnswer => Role == "assistant" && StopReason is "stop" or "length" && Text.Trim().Length > 0;

    public static PiMessage Read(JsonElement message) =>
        new(
            StringOf(message, "role"),
            TextOf(message),
            StringOf(message, "stopReason"),
            StringOf(message, "errorMessage")
        );

    /// <summary>The text in a <c>content</c>, which is a string or a list of parts.</summary>
    public static string TextOf(JsonElement holder)
    {
        if (holder.ValueKind != JsonValueKind.Object || !holder.TryGetProperty("content", out var content))
            return "";
        return content.ValueKind switch
        {
            JsonValueKind.String => content.GetString()!,
            JsonValueKind.Array => string.Concat(
                content
                    .EnumerateArray()
                    .Where(part => StringOf(part, "type") == "text")
                    .Select(p => StringOf(p, "text"))
            ),
            _ => "",
        };
    }

    private static string? StringOf(JsonElement holder, string name) =>
        holder.ValueKind == JsonValueKind.Object
        && holder.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
