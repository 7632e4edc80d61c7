using Bellhop.Bench.Report;
using Bellhop.Bench.Subjects;
using Spectre.Console;

namespace Bellhop.Bench;

/// <summary>What every bench is given.</summary>
/// <param name="Quick">Fewer and shorter rounds.</param>
internal sealed record BenchContext(bool Quick, Parts Parts, Scratch Scratch, IAnsiConsole Console, TimeProvider Time)
{
    /// <summary>One line about where a bench is.</summary>
    public void Say(string line) => Console.MarkupLineInterpolated($"[grey]{line}[/]");
}

/// <summary>What a bench found, before the machine is described.</summary>
internal sealed record Findings(IReadOnlyList<Measure> Measures)
{
    public IReadOnlyList<string> Notes { get; init; } = [];

    public IReadOnlyList<ChartSpec> Charts { get; init; } = [];
}

/// <summary>One bench.</summary>
internal interface IBench
{
    /// <summary>By which it is called.</summary>
    string Name { get; }

    /// <summary>A heading.</summary>
    string Title { get; }

    /// <summary>What it does, for readers of its numbers.</summary>
    string Method { get; }

    Task<Findings> RunAsync(BenchContext context, CancellationToken cancel);
}
