using Spectre.Console;

namespace Bellhop.Bench.Report;

/// <summary>Prints a result to a person.</summary>
internal static class TerminalTable
{
    public static void Print(BenchResult result, IAnsiConsole console)
    {
        var grid = new ResultGrid(result);
        var table = new Table().Border(TableBorder.Rounded).Title($"[bold]{Markup.Escape(result.Title)}[/]");
        table.AddColumn(new TableColumn("").NoWrap());
        foreach (var subject in grid.Subjects)
            table.AddColumn(new TableColumn(Markup.Escape(subject)).RightAligned());
        table.AddColumn(new TableColumn("goal").RightAligned());
        foreach (var row in grid.Rows)
            table.AddRow([.. new[] { row.Name }.Concat(row.Cells).Select(Markup.Escape), Goal(row)]);
        console.Write(table);
        var load = result.LoadAverage;
        console.MarkupLineInterpolated(
            $"[grey]median (least–most) of the rounds; load average {load[0]:0.0} before, {load[1]:0.0} after[/]"
        );
        foreach (var note in result.Notes)
            console.MarkupLineInterpolated($"[grey]{note}[/]");
        console.WriteLine();
    }

    private static string Goal(GridRow row) =>
        row.Met switch
        {
            null => "",
            true => $"[green]{Markup.Escape(row.Goal)} met[/]",
            false => $"[red]{Markup.Escape(row.Goal)} missed[/]",
        };
}
