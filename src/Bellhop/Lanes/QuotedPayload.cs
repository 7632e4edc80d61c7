using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Bellhop.Events;

namespace Bellhop.Lanes;

/// <summary>An event's payload as quoted data: bounded, in a fence that nothing inside it can close.</summary>
internal sealed class QuotedPayload
{
    /// <summary>More would crowd the agent's context; the rest is a command away.</summary>
    public const int MaxBytes = 2 * 1024;

    // Line breaks stay; other control characters would reach a terminal or a parser.
    private static readonly SearchValues<char> Unprintable = SearchValues.Create([
        .. Enumerable
            .Range(0, 0xA0)
            .Select(c => (char)c)
            .Where(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')),
    ]);

    private readonly string _text;
    private readonly string _language;
    private readonly string? _rest;

    private QuotedPayload(string text, string language, string? rest) =>
        (_text, _language, _rest) = (text, language, rest);

    /// <summary>False for an empty payload, which is not shown at all.</summary>
    public bool HasText => _text.Length > 0;

    public static QuotedPayload Of(Event e)
    {
        var (text, language) = Find(e.Body);
        var bytes = Encoding.UTF8.GetByteCount(text);
        return bytes <= MaxBytes
            ? new QuotedPayload(text, language, null)
            : new QuotedPayload(
                Cut(text),
                language,
                $"cut at 2 KiB of {bytes:N0} bytes: `bellhop trace {e.Key}` shows all"
            );
    }

    public void AppendTo(StringBuilder prompt)
    {
        if (!HasText)
            return;
        var fence = new string('`', Math.Max(3, LongestRun(_text, '`') + 1));
        prompt.Append("  ").Append(fence).AppendLine(_language);
        foreach (var line in _text.Split('\n'))
            prompt.Append("  ").AppendLine(line.TrimEnd('\r'));
        prompt.Append("  ").AppendLine(fence);
        if (_rest is not null)
            prompt.AppendLine(CultureInfo.InvariantCulture, $"  ({_rest})");
    }

    /// <summary>Control characters, backticks and everything outside ASCII as <c>\uXXXX</c>.</summary>
    public static string Escape(string text) =>
        string.Concat(text.Select(c => c is < ' ' or > '~' or '`' or '\\' ? $"\\u{(int)c:x4}" : c.ToString()));

    /// <summary>The payload's JSON; what is no event at all is shown as it came, as far as it is text.</summary>
    private static (string Text, string Language) Find(ReadOnlyMemory<byte> body)
    {
        if (!Utf8.IsValid(body.Span))
            return AsItCame(body);
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                return (Printable(root.GetRawText()), "text");
            var payload = LooseJson.Find(root, "payload") ?? LooseJson.Find(root, "data") ?? default;
            return payload.ValueKind switch
            {
                JsonValueKind.Undefined or JsonValueKind.Null => ("", "json"),
                JsonValueKind.Object when !payload.EnumerateObject().MoveNext() => ("", "json"),
                _ => (Printable(payload.GetRawText()), "json"),
            };
        }
        catch (JsonException)
        {
            return AsItCame(body);
        }
    }

    private static (string Text, string Language) AsItCame(ReadOnlyMemory<byte> body) =>
        (Printable(Encoding.UTF8.GetString(body.Span)), "text");

    private static string Printable(string text) =>
        text.AsSpan().ContainsAny(Unprintable)
            ? string.Concat(text.Select(c => Unprintable.Contains(c) ? $"\\u{(int)c:x4}" : c.ToString()))
            : text;

    private static string Cut(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var end = MaxBytes;
        while ((bytes[end] & 0xC0) == 0x80)
            end--;
        return Encoding.UTF8.GetString(bytes, 0, end);
    }

    private static int LongestRun(string text, char c)
    {
        var (longest, run) = (0, 0);
        foreach (var x in text)
        {
            run = x == c ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }
        return longest;
    }
}
