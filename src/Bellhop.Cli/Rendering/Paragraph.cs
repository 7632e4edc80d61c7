using System.Text.RegularExpressions;

namespace Bellhop.Cli.Rendering;

/// <summary>A line that is folded at the terminal's edge between words, what follows standing under its beginning.</summary>
internal static partial class Paragraph
{
    // Narrower than this, folding leaves one word a line; then the terminal may fold as it likes.
    private const int LeastText = 20;

    /// <summary>
    /// Writes it. <paramref name="indent"/>: the column at which folded lines go on; <paramref name="width"/>: the
    /// terminal's columns, null = as wide as it is. A word that is longer than a line stays whole, so that it can be copied.
    /// </summary>
    public static void Write(TextWriter writer, string text, int indent, int? width)
    {
        if (width is not { } columns || columns - indent < LeastText)
        {
            writer.WriteLine(text);
            return;
        }
        var (line, used) = ("", 0);
        foreach (var word in Words().Matches(text).Select(m => m.Value))
        {
            var length = Printable.Columns(Colour().Replace(word.TrimEnd(' '), ""));
            if (used > indent && used + length > columns)
            {
                writer.WriteLine(line.TrimEnd(' '));
                (line, used) = (new string(' ', indent), indent);
            }
            line += word;
            used += length + word.Length - word.TrimEnd(' ').Length;
        }
        writer.WriteLine(line.TrimEnd(' '));
    }

    /// <summary>Leading blanks belong to the first word, those after a word to it.</summary>
    [GeneratedRegex("^ *[^ ]+ *|[^ ]+ *", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Words();

    /// <summary>Our own colours; of others nothing is left in a text that is safe to print.</summary>
    [GeneratedRegex(@"\e\[\d+m", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Colour();
}
