namespace Bellhop.Bench.Report;

/// <summary>What one bench found, as it is kept.</summary>
internal sealed record BenchResult
{
    /// <summary>By which it is called and its file is named.</summary>
    public required string Name { get; init; }

    /// <summary>One line for a heading.</summary>
    public required string Title { get; init; }

    /// <summary>What was done, so that a reader can judge the numbers.</summary>
    public required string Method { get; init; }

    /// <summary>Fewer and shorter rounds than the kept numbers deserve.</summary>
    public required bool Quick { get; init; }

    public required DateTimeOffset At { get; init; }

    public required Machine Machine { get; init; }

    /// <summary>The machine's load average over one minute, before and after.</summary>
    public required IReadOnlyList<double> LoadAverage { get; init; }

    public required IReadOnlyList<Measure> Measures { get; init; }

    /// <summary>What was seen beside the numbers.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    public required IReadOnlyList<ChartSpec> Charts { get; init; }
}

/// <summary>Which measures a chart shows.</summary>
/// <param name="Title">One line.</param>
/// <param name="Unit">Of all of them.</param>
/// <param name="Measures">Their names, from top to bottom.</param>
/// <param name="Logarithmic">Where they span orders of magnitude.</param>
internal sealed record ChartSpec(string Title, string Unit, IReadOnlyList<string> Measures, bool Logarithmic);
