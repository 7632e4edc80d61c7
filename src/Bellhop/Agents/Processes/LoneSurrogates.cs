namespace Bellhop.Agents.Processes;

/// <summary>
/// JavaScript cuts strings between the halves of an emoji and writes such a half as <c>\ud83d</c>. .NET refuses a
/// string with one, which would lose the whole record, so a lone half becomes U+FFFD first.
/// </summary>
internal static class LoneSurrogates
{
    private const int EscapeLength = 6; // \uXXXX

    /// <summary>The same bytes when there is nothing to mend, which is nearly always.</summary>
    public static ReadOnlySpan<byte> Mend(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf("\\ud"u8) < 0 && json.IndexOf("\\uD"u8) < 0)
            return json;
        var mended = json.ToArray();
        for (var i = 0; i < mended.Length - 1; i++)
        {
            if (mended[i] != '\\')
                continue;
            if (KindAt(mended, i) is not { } high)
                i++; // the escaped character is not the start of an escape itself
            else if (high && KindAt(mended, i + EscapeLength) == false)
                i += (2 * EscapeLength) - 1;
            else
            {
                "\\ufffd"u8.CopyTo(mended.AsSpan(i));
                i += EscapeLength - 1;
            }
        }
        return mended;
    }

    /// <summary>True for an escaped high half, false for a low one, null for anything else.</summary>
    private static bool? KindAt(ReadOnlySpan<byte> json, int at)
    {
        if (at + EscapeLength > json.Length || json[at] != '\\' || json[at + 1] != 'u' || (json[at + 2] | 0x20) != 'd')
            return null;
        return (char)(json[at + 3] | 0x20) switch
        {
            '8' or '9' or 'a' or 'b' => true,
            'c' or 'd' or 'e' or 'f' => false,
            _ => null,
        };
    }
}
