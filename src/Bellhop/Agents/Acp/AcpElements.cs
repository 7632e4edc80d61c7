using System.Text.Json;

namespace Bellhop.Agents.Acp;

/// <summary>Looks into what an agent sent, where any member may be missing or of another kind.</summary>
internal static class AcpElements
{
    /// <summary>A member; undefined when it is not there.</summary>
    public static JsonElement Member(this JsonElement holder, string name) =>
        holder.ValueKind == JsonValueKind.Object && holder.TryGetProperty(name, out var value) ? value : default;

    /// <summary>A member that is a text, else null.</summary>
    public static string? Text(this JsonElement holder, string name) =>
        holder.Member(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>True when the member is <c>true</c>.</summary>
    public static bool Is(this JsonElement holder, string name) => holder.Member(name).ValueKind == JsonValueKind.True;

    /// <summary>The items of a member that is a list; none otherwise.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement holder, string name) =>
        holder.Member(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];
}
