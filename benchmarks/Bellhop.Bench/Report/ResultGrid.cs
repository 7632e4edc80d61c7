namespace Bellhop.Bench.Report;

/// <summary>A result as a table: a row for each measure, a column for each subject.</summary>
internal sealed class ResultGrid
{
    private readonly BenchResult _result;

    public ResultGrid(BenchResult result)
    {
        _result = result;
        Subjects = [.. result.Measures.Select(m => m.Subject).Distinct()];
        Rows = [.. result.Measures.Select(m => (m.Name, m.Unit)).Distinct().Select(r => Row(r.Name, r.Unit))];
    }

    public IReadOnlyList<string> Subjects { get; }

    public IReadOnlyList<GridRow> Rows { get; }

    private GridRow Row(string name, string unit)
    {
        var measures = _result.Measures.Where(m => m.Name == name && m.Unit == unit).ToList();
        var judged = measures.FirstOrDefault(m => m.Goal is not null);
        return new GridRow(
            unit.Length == 0 ? name : $"{name} [{unit}]",
            [
                .. Subjects.Select(s =>
                    measures.FirstOrDefault(m => m.Subject == s) is { } found ? Figures.Of(found) : ""
                ),
            ],
            judged is null ? "" : Figures.Of(judged.Goal!),
            judged?.Goal!.IsMetBy(judged)
        );
    }
}

/// <summary>One row, ready to print.</summary>
/// <param name="Met">Null where there is no goal.</param>
internal sealed record GridRow(string Name, IReadOnlyList<string> Cells, string Goal, bool? Met);
