using System.Text;

namespace Bellhop.Cli.Rendering;

/// <summary>
/// Rows under headings, columns as wide as they need. The last column is cut at the terminal's edge; where
/// that leaves too little of it to read, it gets a line of its own below its row.
/// </summary>
internal sealed class Table(params string[] headings)
{
    private const int Gap = 2;

    // A few words; less of a sentence says nothing.
    private const int LeastShown = 20;

    private readonly List<(string Text, Func<string, string>? Style)[]> _rows = [];

    /// <summary>Adds a row. Cells must be printable already.</summary>
    public void Add(params string[] cells) => _rows.Add([.. cells.Select(c => (c, (Func<string, string>?)null))]);

    /// <summary>Adds a row with colours; a colour takes no column.</summary>
    public void Add(params (string Text, Func<string, string>? Style)[] cells) => _rows.Add(cells);

    /// <summary>Writes it. <paramref name="width"/>: the terminal's columns; null = as wide as it is.</summary>
    public void Write(TextWriter writer, Paint paint, int? width)
    {
        var widths = headings
            .Select(
                (h, i) => Math.Max(h.Length, _rows.Select(r => Printable.Columns(r[i].Text)).DefaultIfEmpty(0).Max())
            )
            .ToArray();
        var left = width - widths.SkipLast(1).Sum(w => w + Gap) ?? widths[^1];
        var below = left < Math.Min(widths[^1], LeastShown) && widths[^1] > headings[^1].Length;
        if (!below)
            widths[^1] = Math.Min(widths[^1], Math.Max(headings[^1].Length, left));
        var shown = below ? ^1 : ^0;
        WriteRow(writer, widths, [.. headings.Select(h => (h, (Func<string, string>?)paint.Faint)).Take(..shown)]);
        foreach (var row in _rows)
        {
            WriteRow(writer, widths, row[..shown]);
            if (below && row[^1].Text.Length > 0)
                WriteRow(writer, [width!.Value], [(new string(' ', Gap) + row[^1].Text, row[^1].Style)]);
        }
    }

    private static void WriteRow(TextWriter writer, int[] widths, (string Text, Func<string, string>? Style)[] cells)
    {
        var line = new StringBuilder();
        for (var i = 0; i < cells.Length; i++)
        {
            var text = Printable.Cut(cells[i].Text, widths[i]);
            line.Append(cells[i].Style is { } style ? style(text) : text);
            if (i < cells.Length - 1)
                line.Append(' ', widths[i] - Printable.Columns(text) + Gap);
        }
        writer.WriteLine(line.ToString().TrimEnd());
    }
}
