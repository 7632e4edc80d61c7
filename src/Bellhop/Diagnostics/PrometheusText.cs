using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Bellhop.Diagnostics;

/// <summary>
/// Keeps the sums of our meter and prints them as a Prometheus scraper reads them
/// (https://prometheus.io/docs/instrumenting/exposition_formats, text format 0.0.4).
/// </summary>
public sealed class PrometheusText : IDisposable
{
    /// <summary>The content type of <see cref="Print"/>.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Seconds: an echo ends within the first, a long piece of work within the last.</summary>
    private static readonly double[] Buckets = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, Instrument> _instruments = [];
    private readonly ConcurrentDictionary<(string Name, string Labels), double> _values = [];
    private readonly ConcurrentDictionary<string, long[]> _histograms = [];

    /// <summary>Starts listening to the metrics.</summary>
    public PrometheusText(GatewayMetrics metrics)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!ReferenceEquals(instrument.Meter, metrics.Meter))
                return;
            _instruments[instrument.Name] = instrument;
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Record(i, value, tags));
        _listener.SetMeasurementEventCallback<int>((i, value, tags, _) => Record(i, value, tags));
        _listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Record(i, value, tags));
        _listener.Start();
    }

    /// <summary>Everything measured so far.</summary>
    public string Print()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var (name, instrument) in _instruments.OrderBy(i => i.Key, StringComparer.Ordinal))
        {
            text.Append($"# HELP {name} {instrument.Description}\n# TYPE {name} {Kind(instrument)}\n");
            foreach (var (key, value) in _values.Where(v => v.Key.Name == name).OrderBy(v => v.Key))
                text.Append($"{name}{key.Labels} {Number(value)}\n");
            if (_histograms.TryGetValue(name, out var counts))
                PrintHistogram(text, name, counts);
        }
        return text.ToString();
    }

    /// <inheritdoc />
    public void Dispose() => _listener.Dispose();

    private void PrintHistogram(StringBuilder text, string name, long[] counts)
    {
        var total = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            total += Interlocked.Read(ref counts[i]);
            text.Append($"{name}_bucket{{le=\"{(i < Buckets.Length ? Number(Buckets[i]) : "+Inf")}\"}} {total}\n");
        }
        text.Append($"{name}_sum {Number(_values.GetValueOrDefault((name + "_sum", "")))}\n{name}_count {total}\n");
    }

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = (instrument.Name, Labels(tags));
        if (instrument is Histogram<double>)
        {
            var counts = _histograms.GetOrAdd(instrument.Name, _ => new long[Buckets.Length + 1]);
            var bucket = Array.FindIndex(Buckets, limit => value <= limit);
            Interlocked.Increment(ref counts[bucket < 0 ? Buckets.Length : bucket]);
            _values.AddOrUpdate((instrument.Name + "_sum", ""), value, (_, sum) => sum + value);
        }
        else if (instrument.IsObservable)
            _values[key] = value;
        else
            _values.AddOrUpdate(key, value, (_, sum) => sum + value);
    }

    /// <summary>Our labels hold plain words only, so nothing needs escaping.</summary>
    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
            return "";
        var text = new StringBuilder("{");
        foreach (var (name, value) in tags)
            text.Append(text.Length > 1 ? "," : "").Append($"{name}=\"{value}\"");
        return text.Append('}').ToString();
    }

    private static string Kind(Instrument instrument) =>
        instrument is Histogram<double> ? "histogram"
        : instrument.IsObservable ? "gauge"
        : "counter";

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);
}
