using System.Globalization;
using System.Text;

namespace Bellhop.Cli.Rendering;

/// <summary>
/// Text from outside, made safe to print: what could move the cursor, colour, hide or reorder other text is written as
/// an escape that can be read. A terminal obeys whatever reaches it, so nothing from an event is printed any other way.
/// </summary>
internal static class Printable
{
    /// <summary>On one line.</summary>
    public static string Line(string? text) => Escape(text ?? "", keepLines: false);

    /// <summary>On one line, at most so many columns, cut with an ellipsis.</summary>
    public static string Line(string? text, int columns) => Cut(Line(text), columns);

    /// <summary>A sentence of ours that quotes a program's lines, such as a reason: line breaks become spaces.</summary>
    public static string Sentence(string? text) => Line(text?.ReplaceLineEndings(" "));

    /// <summary>Line by line.</summary>
    public static IEnumerable<string> Lines(string text) =>
        Escape(text.ReplaceLineEndings("\n"), keepLines: true).TrimEnd('\n').Split('\n');

    /// <summary>Cuts to at most so many columns.</summary>
    public static string Cut(string text, int columns)
    {
        if (Columns(text) <= columns)
            return text;
        var kept = new StringBuilder();
        var used = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            used += Columns(rune);
            if (used > columns - 1)
                break;
            kept.Append(rune.ToString());
        }
        return kept.Append('…').ToString();
    }

    /// <summary>How many columns a terminal gives the text.</summary>
    public static int Columns(string text) => text.EnumerateRunes().Sum(Columns);

    private static int Columns(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark ? 0
        : IsWide(rune.Value) ? 2
        : 1;

    // The blocks that Unicode's EastAsianWidth.txt calls wide, coarsely: Hangul, CJK, full-width forms, pictographs.
    private static bool IsWide(int c) =>
        c
            is >= 0x1100
                and <= 0x115F
                or >= 0x2E80
                and <= 0xA4CF
                or >= 0xAC00
                and <= 0xD7A3
                or >= 0xF900
                and <= 0xFAFF
                or >= 0xFE30
                and <= 0xFE6F
                or >= 0xFF00
                and <= 0xFF60
                or >= 0x1F300
                and <= 0x1FAFF
                or >= 0x20000
                and <= 0x3FFFD;

    private static string Escape(string text, bool keepLines)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == '\n' && keepLines || !IsHarmful(rune))
                safe.Append(rune.ToString());
            else
                safe.Append(
                    rune.Value switch
                    {
                        '\n' => "\\n",
                        '\r' => "\\r",
                        '\t' => "\\t",
                        < 0x100 => $"\\x{rune.Value:x2}",
                        _ => $"\\u{{{rune.Value:x}}}",
                    }
                );
        }
        return safe.ToString();
    }

    /// <summary>Controls, and the invisible characters that reorder or hide text; U+200D stays because emoji are built with it.</summary>
    private static bool IsHarmful(Rune rune) =>
        rune.Value != 0x200D
        && Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse;
}
