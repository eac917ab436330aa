using System.Diagnostics.Metrics;
using Anyvisor.Model;

namespace Anyvisor.Core.Providers;

/// <summary>What is counted of providers, on the meter <c>Anyvisor</c>. Tags are names of providers and fixed words, never data.</summary>
public sealed class ProviderMetrics : IDisposable
{
    private readonly Meter _meter = new("Anyvisor");
    private readonly Counter<long> _calls;
    private readonly Histogram<double> _durations;
    private readonly Counter<long> _changes;
    private readonly Counter<long> _shed;
    private readonly Counter<long> _connects;

    public ProviderMetrics()
    {
        _calls = _meter.CreateCounter<long>("anyvisor.provider.calls", description: "Calls to providers, by operation and outcome.");
        _durations = _meter.CreateHistogram<double>("anyvisor.provider.call.duration", "s", "How long calls to providers took.");
        _changes = _meter.CreateCounter<long>("anyvisor.provider.changes", description: "Observations taken into the inventory.");
        _shed = _meter.CreateCounter<long>("anyvisor.provider.changes.shed", description: "Observations that a later one of the same guest made needless.");
        _connects = _meter.CreateCounter<long>("anyvisor.provider.connects", description: "Attempts to connect, by outcome.");
    }

    /// <summary>Shows each provider's state as a gauge that is 1 for the state that it is in.</summary>
    internal void Watch(Func<IEnumerable<(string Provider, ProviderState State)>> states) =>
        _meter.CreateObservableGauge(
            "anyvisor.provider.state",
            () =>
                states().Select(now => new Measurement<int>(1, new KeyValuePair<string, object?>("provider", now.Provider), new("state", now.State.ToString().ToLowerInvariant()))),
            description: "1 for the state that the provider is in."
        );

    internal void Called(string provider, string operation, string outcome, TimeSpan took)
    {
        _calls.Add(1, new("provider", provider), new("operation", operation), new("outcome", outcome));
        _durations.Record(took.TotalSeconds, new("provider", provider), new("operation", operation));
    }

    internal void Applied(string provider, int changes, long shed)
    {
        _changes.Add(changes, new KeyValuePair<string, object?>("provider", provider));
        if (shed > 0)
            _shed.Add(shed, new KeyValuePair<string, object?>("provider", provider));
    }

    internal void Connected(string provider, string outcome) => _connects.Add(1, new("provider", provider), new("outcome", outcome));

    public void Dispose() => _meter.Dispose();
}
