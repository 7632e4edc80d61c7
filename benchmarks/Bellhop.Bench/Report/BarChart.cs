using System.Globalization;
using System.Net;
using System.Text;

namespace Bellhop.Bench.Report;

/// <summary>
/// Draws measures as horizontal bars with a whisker from least to most. Colours follow the reader's light or dark
/// setting; no font, script or file is fetched.
/// </summary>
internal static class BarChart
{
    private const int Width = 760;
    private const int Left = 190;
    private const int Right = 110;
    private const int Top = 64;
    private const int BarHeight = 16;
    private const int BarGap = 4;
    private const int GroupGap = 18;
    private const int LegendStep = 14;

    private const string Style = """
        <style>
        text{font:12px system-ui,sans-serif;fill:#1f2328}.t{font-size:15px;font-weight:600}.v{font-size:11px}
        .p{fill:#fff;stroke:#d0d7de}.g{stroke:#d0d7de}.w{stroke:#1f2328}
        .s0{fill:#1f6feb}.s1{fill:#d29922}.s2{fill:#8b949e}.s3{fill:#a371f7}.s4{fill:#3fb950}
        @media(prefers-color-scheme:dark){text{fill:#e6edf3}.p{fill:#0d1117;stroke:#30363d}.g{stroke:#30363d}.w{stroke:#e6edf3}}
        </style>
        """;

    public static string Draw(ChartSpec chart, IReadOnlyList<Measure> measures)
    {
        var groups = chart
            .Measures.Select(name => measures.Where(m => m.Name == name && !double.IsNaN(m.Median)).ToList())
            .Where(g => g.Count > 0)
            .ToList();
        var subjects = measures.Where(m => chart.Measures.Contains(m.Name)).Select(m => m.Subject).Distinct().ToList();
        var scale = Scale.For(groups.SelectMany(g => g), chart.Logarithmic, Left, Width - Right);
        var height = Top + groups.Sum(g => (g.Count * (BarHeight + BarGap)) + GroupGap) + 30;

        var svg = new StringBuilder();
        Add(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" role="img">""");
        Add(svg, $"<title>{Text(chart.Title)}</title>{Style}");
        Add(svg, $"""<rect class="p" x="0.5" y="0.5" width="{Width - 1}" height="{height - 1}" rx="8"/>""");
        Add(svg, $"""<text class="t" x="16" y="26">{Text(chart.Title)}</text>""");
        AddLegend(svg, subjects);
        AddAxis(svg, chart, scale, height);
        var y = Top + (GroupGap / 2);
        foreach (var group in groups)
            y = AddGroup(svg, group, subjects, scale, y);
        Add(svg, "</svg>");
        return svg.ToString();
    }

    private static void AddLegend(StringBuilder svg, List<string> subjects)
    {
        // System fonts differ in width; seven units a letter is on the wide side of all of them.
        const int letter = 7;
        var x = 16;
        foreach (var (subject, index) in subjects.Select((s, i) => (s, i)))
        {
            Add(svg, $"""<rect class="s{index}" x="{x}" y="38" width="10" height="10" rx="2"/>""");
            Add(svg, $"""<text x="{x + LegendStep}" y="47">{Text(subject)}</text>""");
            x += LegendStep + (subject.Length * letter) + LegendStep;
        }
    }

    private static void AddAxis(StringBuilder svg, ChartSpec chart, Scale scale, int height)
    {
        foreach (var tick in scale.Ticks)
        {
            var x = Number(scale.At(tick));
            Add(svg, $"""<line class="g" x1="{x}" y1="{Top}" x2="{x}" y2="{height - 28}"/>""");
            Add(svg, $"""<text class="v" x="{x}" y="{height - 12}" text-anchor="middle">{Figures.Tick(tick)}</text>""");
        }
        var unit = chart.Logarithmic ? $"{chart.Unit}, log" : chart.Unit;
        Add(svg, $"""<text class="v" x="16" y="{height - 12}">{Text(unit)}</text>""");
    }

    private static int AddGroup(StringBuilder svg, List<Measure> group, List<string> subjects, Scale scale, int y)
    {
        var middle = y + (group.Count * (BarHeight + BarGap) / 2) + 2;
        Add(svg, $"""<text x="{Left - 10}" y="{middle}" text-anchor="end">{Text(group[0].Name)}</text>""");
        foreach (var measure in group)
        {
            var (end, centre) = (scale.At(measure.Median), y + (BarHeight / 2));
            Add(
                svg,
                $"""<rect class="s{subjects.IndexOf(measure.Subject)}" x="{Left}" y="{y}" width="{Number(Math.Max(1, end - Left))}" height="{BarHeight}" rx="2"/>"""
            );
            var (least, most) = (scale.At(measure.Least), scale.At(measure.Most));
            if (most - least >= 1)
                Add(svg, $"""<line class="w" x1="{Number(least)}" y1="{centre}" x2="{Number(most)}" y2="{centre}"/>""");
            Add(
                svg,
                $"""<text class="v" x="{Number(Math.Max(end, most) + 6)}" y="{centre + 4}">{Figures.Of(measure.Median)}</text>"""
            );
            y += BarHeight + BarGap;
        }
        return y + GroupGap;
    }

    private static void Add(StringBuilder svg, FormattableString line) =>
        svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static void Add(StringBuilder svg, string line) => svg.Append(line).Append('\n');

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
