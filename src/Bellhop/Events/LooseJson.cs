using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Bellhop.Events;

/// <summary>
/// Looks into JSON that anybody may have written. JSON allows <c>\ud800</c> alone, and a parser lets bytes pass that are
/// no UTF-8; .NET can make a string of neither, and throws even for a name that is only looked past.
/// </summary>
internal static class LooseJson
{
    /// <summary>A member, the last one where it stands twice; null where there is none or the holder is no object.</summary>
    public static JsonElement? Find(JsonElement holder, string name)
    {
        if (holder.ValueKind != JsonValueKind.Object)
            return null;
        try
        {
            return holder.TryGetProperty(name, out var value) ? value : null;
        }
        catch (InvalidOperationException)
        {
            return FindRaw(holder, name);
        }
    }

    /// <summary>The text of a string; null for anything else. False where it holds half a character.</summary>
    public static bool TryText(JsonElement? value, out string? text)
    {
        text = null;
        try
        {
            text = value is { ValueKind: JsonValueKind.String } given ? given.GetString() : null;
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The text of a member that is a whole string; null otherwise.</summary>
    public static string? Text(JsonElement holder, string name) =>
        TryText(Find(holder, name), out var text) ? text : null;

    /// <summary>The same among names of which one is no text: only unescaped names can be ours.</summary>
    private static JsonElement? FindRaw(JsonElement holder, string name)
    {
        JsonElement? found = null;
        foreach (var property in holder.EnumerateObject())
        {
            if (JsonMarshal.GetRawUtf8PropertyName(property).SequenceEqual(Encoding.UTF8.GetBytes(name)))
                found = property.Value;
        }
        return found;
    }
}
