using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Bellhop.Events;

/// <summary>The fields of an event object, read as producers mean them. Never throws on what a producer can write.</summary>
internal readonly struct EventFields(JsonElement root)
{
    /// <summary>A field's value, the last one where it stands twice.</summary>
    public JsonElement? this[string name] => Find(root, name);

    /// <summary>
    /// A string field; numbers and booleans are taken by their text, because shells quote badly. Null where it is
    /// missing, empty or no text. False where it holds half a character.
    /// </summary>
    public bool TryText(string name, out string? text) => TryText(this[name], out text);

    /// <summary>The producer's number in milliseconds; below 1e12 it is seconds; 0, missing or absurd is no time.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (this[name] is not { } value || !TryText(value, out var text) || text is null)
            return null;
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return IsoTime(text);
        const double secondsBelow = 1e12;
        const double year9999 = 253402300799999;
        if (number < secondsBelow)
            number *= 1000;
        return number is >= 1 and <= year9999 ? DateTimeOffset.FromUnixTimeMilliseconds((long)number) : null;
    }

    /// <summary>Three places, in order of precision: our own field, the article's, the payload's convention.</summary>
    public SessionId? Origin()
    {
        foreach (
            var place in (ReadOnlySpan<JsonElement?>)[this["originSession"], this["origin"], InPayload("originSession")]
        )
        {
            if (TryText(place, out var text) && SessionId.TryParse(text, out var session))
                return session;
        }
        return null;
    }

    private JsonElement? InPayload(string name) =>
        this["payload"] is { ValueKind: JsonValueKind.Object } payload ? Find(payload, name) : null;

    /// <summary>A time without a zone is taken as UTC: the machine's own zone is nobody's intention.</summary>
    private static DateTimeOffset? IsoTime(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
        && at > DateTimeOffset.UnixEpoch
            ? at.ToUniversalTime()
            : null;

    private static bool TryText(JsonElement? value, out string? text)
    {
        text = null;
        try
        {
            text = value?.ValueKind switch
            {
                JsonValueKind.String => value.Value.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.Value.GetRawText(),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            // JSON allows \ud800 alone; .NET cannot make a string of it.
            return false;
        }
        text = text is { Length: > 0 } ? text : null;
        return true;
    }

    private static JsonElement? Find(JsonElement element, string name)
    {
        try
        {
            return element.TryGetProperty(name, out var value) ? value : null;
        }
        catch (InvalidOperationException)
        {
            return FindRaw(element, name);
        }
    }

    /// <summary>The same among names of which one is no text: only unescaped names can be ours.</summary>
    private static JsonElement? FindRaw(JsonElement element, string name)
    {
        JsonElement? found = null;
        foreach (var property in element.EnumerateObject())
        {
            if (JsonMarshal.GetRawUtf8PropertyName(property).SequenceEqual(Encoding.UTF8.GetBytes(name)))
                found = property.Value;
        }
        return found;
    }
}
