namespace Bellhop.Bench.Report;

/// <summary>Maps values to places on a chart, from 0 or, where logarithmic, from a round power of ten.</summary>
internal sealed class Scale
{
    private static readonly double[] RoundFactors = [1, 2, 4, 8, 10];

    private readonly double _first;
    private readonly double _last;
    private readonly bool _logarithmic;
    private readonly int _left;
    private readonly int _right;

    private Scale(double first, double last, bool logarithmic, int left, int right)
    {
        (_first, _last, _logarithmic, _left, _right) = (first, last, logarithmic, left, right);
        Ticks = logarithmic ? Powers(first, last) : Steps(last);
    }

    public IReadOnlyList<double> Ticks { get; }

    public static Scale For(IEnumerable<Measure> measures, bool logarithmic, int left, int right)
    {
        var all = measures.ToList();
        var most = all.Count == 0 ? 1 : all.Max(m => m.Most);
        if (!logarithmic)
            return new Scale(0, RoundUp(Math.Max(most, double.Epsilon)), false, left, right);
        var positive = all.Select(m => m.Least).Where(v => v > 0).DefaultIfEmpty(1).Min();
        var first = Math.Pow(10, Math.Floor(Math.Log10(positive)));
        var last = Math.Pow(10, Math.Ceiling(Math.Log10(Math.Max(most, first * 10))));
        return new Scale(first, last, true, left, right);
    }

    public double At(double value)
    {
        var share = _logarithmic
            ? (Math.Log10(Math.Max(value, _first)) - Math.Log10(_first)) / (Math.Log10(_last) - Math.Log10(_first))
            : value / _last;
        return _left + (Math.Clamp(share, 0, 1) * (_right - _left));
    }

    private static List<double> Powers(double first, double last)
    {
        var ticks = new List<double>();
        for (var tick = first; tick <= last * 1.001; tick *= 10)
            ticks.Add(tick);
        return ticks;
    }

    private static List<double> Steps(double last) => [.. Enumerable.Range(0, 5).Select(i => last * i / 4)];

    /// <summary>The next of 1, 2, 4 or 8 times a power of ten: its quarters are round as well.</summary>
    private static double RoundUp(double value)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return RoundFactors.Select(f => f * power).First(v => v >= value * 0.999);
    }
}
