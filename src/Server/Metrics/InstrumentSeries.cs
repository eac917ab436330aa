using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Anyvisor.Server.Metrics;

/// <summary>One instrument's values by its tags. Safe for any thread.</summary>
internal sealed class InstrumentSeries
{
    // Seconds, fit for requests and calls alike: 5 ms to 60 s.
    private static readonly double[] Bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Value> _values = new(StringComparer.Ordinal);
    private readonly int _most;
    private readonly bool _adds;
    private readonly bool _observable;
    private readonly string _help;
    private long _shed;

    private sealed class Value
    {
        public double Sum;
        public long Count;
        public long[]? Buckets;
    }

    internal InstrumentSeries(Instrument instrument, int most)
    {
        _most = most;
        _help = instrument.Description ?? instrument.Name;
        _observable = instrument.IsObservable;
        Histogram = IsA(instrument, typeof(Histogram<>));
        var counter = IsA(instrument, typeof(Counter<>)) || IsA(instrument, typeof(ObservableCounter<>));
        _adds = IsA(instrument, typeof(Counter<>)) || IsA(instrument, typeof(UpDownCounter<>));
        Name = PrometheusNames.Metric(instrument.Name, instrument.Unit, counter);
        Type = Histogram ? "histogram" : counter ? "counter" : "gauge";
    }

    internal string Name { get; }
    private string Type { get; }
    private bool Histogram { get; }

    /// <summary>What is observed anew at every reading forgets the reading before: gone things don't linger.</summary>
    internal void BeginObservation()
    {
        if (!_observable)
            return;
        lock (_gate)
            _values.Clear();
    }

    internal void Record(double measured, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = PrometheusNames.Labels(tags);
        lock (_gate)
        {
            if (!_values.TryGetValue(key, out var value))
            {
                if (_values.Count >= _most)
                {
                    _shed++;
                    return;
                }
                value = _values[key] = new Value();
            }
            if (Histogram)
                AddToHistogram(value, measured);
            else
                value.Sum = _adds ? value.Sum + measured : measured;
        }
    }

    private static void AddToHistogram(Value value, double measured)
    {
        value.Buckets ??= new long[Bounds.Length];
        value.Sum += measured;
        value.Count++;
        for (var i = Bounds.Length - 1; i >= 0 && measured <= Bounds[i]; i--)
            value.Buckets[i]++;
    }

    internal void Write(StringBuilder text)
    {
        lock (_gate)
        {
            if (_values.Count == 0)
                return;
            text.Append("# HELP ").Append(Name).Append(' ').Append(PrometheusNames.Help(_help)).Append('\n');
            text.Append("# TYPE ").Append(Name).Append(' ').Append(Type).Append('\n');
            foreach (var (labels, value) in _values)
                if (Histogram)
                    WriteHistogram(text, labels, value);
                else
                    Line(text, Name, labels, value.Sum);
            if (_shed > 0)
                text.Append(CultureInfo.InvariantCulture, $"# {Name}: {_shed} measurements of further label values were not kept\n");
        }
    }

    private void WriteHistogram(StringBuilder text, string labels, Value value)
    {
        var comma = labels.Length > 0 ? "," : "";
        for (var i = 0; i < Bounds.Length; i++)
            Line(text, Name + "_bucket", string.Create(CultureInfo.InvariantCulture, $"{labels}{comma}le=\"{Bounds[i]}\""), value.Buckets![i]);
        Line(text, Name + "_bucket", $"{labels}{comma}le=\"+Inf\"", value.Count);
        Line(text, Name + "_sum", labels, value.Sum);
        Line(text, Name + "_count", labels, value.Count);
    }

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(PrometheusNames.Number(value)).Append('\n');
    }

    private static bool IsA(Instrument instrument, Type open) =>
        instrument.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == open;
}
