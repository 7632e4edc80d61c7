using System.Globalization;
using System.Text.Json;

namespace Bellhop.Events;

/// <summary>The fields of an event object, read as producers mean them. Never throws on what a producer can write.</summary>
internal readonly struct EventFields(JsonElement root)
{
    /// <summary>A field's value, the last one where it stands twice.</summary>
    public JsonElement? this[string name] => LooseJson.Find(root, name);

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
        this["payload"] is { } payload ? LooseJson.Find(payload, name) : null;

    /// <summary>A time without a zone is taken as UTC: the machine's own zone is nobody's intention.</summary>
    private static DateTimeOffset? IsoTime(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
        && at > DateTimeOffset.UnixEpoch
            ? at.ToUniversalTime()
            : null;

    private static bool TryText(JsonElement? value, out string? text)
    {
        if (value is { ValueKind: JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False } bare)
        {
            text = bare.GetRawText();
            return true;
        }
        var isText = LooseJson.TryText(value, out text);
        text = text is { Length: > 0 } ? text : null;
        return isText;
    }
}
