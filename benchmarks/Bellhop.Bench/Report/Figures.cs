using System.Globalization;

namespace Bellhop.Bench.Report;

/// <summary>How numbers are printed: three significant digits, thousands apart.</summary>
internal static class Figures
{
    public static string Of(double value) =>
        double.IsNaN(value) ? "-"
        : Math.Abs(value) >= 100 || value == Math.Floor(value) ? value.ToString("N0", CultureInfo.InvariantCulture)
        : Math.Abs(value) >= 10 ? value.ToString("0.0", CultureInfo.InvariantCulture)
        : Math.Abs(value) >= 0.01 ? value.ToString("0.00", CultureInfo.InvariantCulture)
        : value.ToString("0.0000", CultureInfo.InvariantCulture);

    /// <summary>The median, with the range where there is one.</summary>
    public static string Of(Measure measure) =>
        measure.Rounds.Count == 1 || measure.Least == measure.Most
            ? Of(measure.Median)
            : $"{Of(measure.Median)} ({Of(measure.Least)}–{Of(measure.Most)})";

    /// <summary>A round number as an axis shows it.</summary>
    public static string Tick(double value) => value.ToString("#,0.#####", CultureInfo.InvariantCulture);

    public static string Of(Goal goal) => $"{(goal.AtMost ? "≤" : "≥")} {Of(goal.Value)}";
}
