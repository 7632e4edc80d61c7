using System.Globalization;
using System.Text;

namespace Bellhop.Permissions;

/// <summary>A program's words as a person may be shown them anywhere: one line, bounded, nothing that hides or reorders.</summary>
public static class AgentText
{
    /// <summary>Control and other invisible characters become blanks; at most so many characters, cut with an ellipsis.</summary>
    public static string Of(string text, int limit)
    {
        var shown = new StringBuilder(Math.Min(text.Length, limit));
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length + rune.Utf16SequenceLength >= limit)
                return shown.Append('…').ToString();
            shown.Append(IsInvisible(rune) ? " " : rune.ToString());
        }
        return shown.ToString();
    }

    private static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse;
}
