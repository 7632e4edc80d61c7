using Bellhop.Bench.Report;

namespace Bellhop.Bench.RedisStore;

/// <summary>Gathers one number a round under its subject and name.</summary>
internal sealed class SamplesByName
{
    private readonly Dictionary<(string Subject, string Name, string Unit), List<double>> _samples = [];

    public void Add(string subject, string name, string unit, double value)
    {
        if (!_samples.TryGetValue((subject, name, unit), out var all))
            _samples[(subject, name, unit)] = all = [];
        all.Add(value);
    }

    public IReadOnlyList<Measure> ToMeasures() =>
        [.. _samples.Select(s => new Measure(s.Key.Subject, s.Key.Name, s.Key.Unit, s.Value))];
}
