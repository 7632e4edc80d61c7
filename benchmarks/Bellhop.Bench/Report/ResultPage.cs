using System.Globalization;
using System.Text;

namespace Bellhop.Bench.Report;

/// <summary>Writes the results as one Markdown page.</summary>
internal static class ResultPage
{
    public static string Write(IReadOnlyList<BenchResult> results)
    {
        var page = new StringBuilder();
        page.Append(
            """
            # Benchmark results

            Written by `./bench`; do not edit. Every number is measured against its peer or raw baseline in the same
            run, rounds interleaved. A cell is the median of the rounds with the least and the most; a goal is held
            against the median.


            """
        );
        foreach (var result in results)
            Append(page, result);
        return page.ToString().TrimEnd('\n') + "\n";
    }

    private static void Append(StringBuilder page, BenchResult result)
    {
        page.Append(CultureInfo.InvariantCulture, $"## {result.Title}\n\n{result.Method}\n\n");
        AppendTable(page, new ResultGrid(result));
        foreach (var (chart, index) in result.Charts.Select((c, i) => (c, i)))
            page.Append(CultureInfo.InvariantCulture, $"![{chart.Title}]({ResultFiles.ChartFile(result, index)})\n\n");
        foreach (var note in result.Notes)
            page.Append(CultureInfo.InvariantCulture, $"- {note}\n");
        if (result.Notes.Count > 0)
            page.Append('\n');
        page.Append(MachineLine(result)).Append("\n\n");
    }

    private static void AppendTable(StringBuilder page, ResultGrid grid)
    {
        page.Append(CultureInfo.InvariantCulture, $"| | {string.Join(" | ", grid.Subjects)} | goal |\n");
        page.Append("| --- |").Insert(page.Length, " ---: |", grid.Subjects.Count).Append(" --- |\n");
        foreach (var row in grid.Rows)
        {
            var verdict = row.Met switch
            {
                null => "",
                true => $"{row.Goal} met",
                false => $"{row.Goal} **missed**",
            };
            page.Append(
                CultureInfo.InvariantCulture,
                $"| {row.Name} | {string.Join(" | ", row.Cells)} | {verdict} |\n"
            );
        }
        page.Append('\n');
    }

    private static string MachineLine(BenchResult result)
    {
        var m = result.Machine;
        var parts = new List<string?>
        {
            result.At.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
            result.Quick ? "quick run" : null,
            m.System,
            $"{m.Processor}, {m.Cores} cores, {Figures.Of(m.MemoryGiB)} GiB",
            $"disk sync {m.SyncMilliseconds} ms",
            m.Runtime,
            m.Redis,
            m.Node is null ? null : $"Node {m.Node}",
            $"load average {result.LoadAverage[0]:0.0} before, {result.LoadAverage[1]:0.0} after",
        };
        return $"<sub>{string.Join(" · ", parts.OfType<string>())}</sub>";
    }
}
