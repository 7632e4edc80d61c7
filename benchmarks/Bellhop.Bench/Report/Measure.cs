namespace Bellhop.Bench.Report;

/// <summary>One thing measured on one subject, a value for each round.</summary>
/// <param name="Subject">What was measured: a gateway, a peer, a baseline.</param>
/// <param name="Name">What it is a number of.</param>
/// <param name="Unit">Its unit; empty for a count or a ratio.</param>
/// <param name="Rounds">In the order they were run.</param>
/// <param name="Goal">What we want of it, where we want something.</param>
internal sealed record Measure(
    string Subject,
    string Name,
    string Unit,
    IReadOnlyList<double> Rounds,
    Goal? Goal = null
)
{
    public double Median => Statistics.Median(Rounds);

    public double Least => Rounds.Min();

    public double Most => Rounds.Max();
}

/// <summary>A bound on a measure's median.</summary>
/// <param name="Value">In the measure's unit.</param>
/// <param name="AtMost">True: no more than this; false: no less.</param>
internal sealed record Goal(double Value, bool AtMost)
{
    public static Goal NoMoreThan(double value) => new(value, true);

    public static Goal NoLessThan(double value) => new(value, false);

    public bool IsMetBy(Measure measure) => AtMost ? measure.Median <= Value : measure.Median >= Value;
}
