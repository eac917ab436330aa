using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;

namespace Anyvisor.Server.Metrics;

/// <summary>
/// Adds up what the process measures about itself, for <c>/metrics</c>. Listens from its making to its disposal. Bounded:
/// an instrument whose tags take ever new values keeps the first thousand of them and counts the rest.
/// </summary>
internal sealed class PrometheusExporter : IDisposable
{
    private const int MostSeries = 1000;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, InstrumentSeries> _instruments = new();

    internal PrometheusExporter()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!Wanted(instrument.Meter.Name))
                return;
            var series = _instruments.GetOrAdd(instrument, static made => new InstrumentSeries(made, MostSeries));
            listener.EnableMeasurementEvents(instrument, series);
        };
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, state) => ((InstrumentSeries)state!).Record((double)value, tags));
        _listener.Start();
    }

    /// <summary>All series now, by metric name.</summary>
    internal ImmutableArray<InstrumentSeries> Collect()
    {
        foreach (var series in _instruments.Values)
            series.BeginObservation();
        _listener.RecordObservableInstruments();
        return [.. _instruments.Values.OrderBy(series => series.Name, StringComparer.Ordinal)];
    }

    public void Dispose() => _listener.Dispose();

    private static bool Wanted(string meter) =>
        meter.StartsWith("Anyvisor", StringComparison.Ordinal)
        || meter is "System.Runtime" or "Microsoft.AspNetCore.Hosting" or "Microsoft.AspNetCore.Server.Kestrel";
}
