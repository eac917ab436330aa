using System.Diagnostics.Metrics;
using Anyvisor.Core.Inventory;
using Anyvisor.Core.Providers;
using Anyvisor.Core.Store;
using Anyvisor.Core.Tasks;

namespace Anyvisor.Server.Metrics;

/// <summary>What an operator watches of the estate as a whole. Tags are names of providers, never of guests.</summary>
internal sealed class EstateMetrics : IDisposable
{
    private readonly Meter _meter = new("Anyvisor.Server");

    public EstateMetrics(EstateInventory inventory, ProviderRegistry providers, TaskEngine tasks, Database database)
    {
        _meter.CreateObservableGauge("anyvisor.guests", () => Each(providers, name => inventory.Counts(name).Guests), description: "Guests by provider.");
        _meter.CreateObservableGauge("anyvisor.guests.missing", () => Each(providers, name => inventory.Counts(name).Missing), description: "Guests that their provider no longer lists.");
        _meter.CreateObservableGauge("anyvisor.hosts", () => Each(providers, name => inventory.Counts(name).Hosts), description: "Hosts by provider.");
        _meter.CreateObservableGauge("anyvisor.tasks.open", () => tasks.OpenCount, description: "Tasks that have not ended.");
        _meter.CreateObservableGauge("anyvisor.events.subscribers", () => inventory.Events.Subscribers, description: "Event streams that are open.");
        _meter.CreateObservableCounter("anyvisor.events", () => inventory.Events.LastSequence, description: "Events since the estate was first seen.");
        _meter.CreateObservableGauge("anyvisor.store.waiting", () => inventory.StoreHealth?.Waiting ?? 0, description: "Rows of the inventory that wait to be written.");
        _meter.CreateObservableGauge("anyvisor.store.failing", () => inventory.StoreHealth is { Failing: true } ? 1 : 0, description: "1 while the inventory can't be written to the store.");
        _meter.CreateObservableCounter("anyvisor.history.dropped", () => inventory.StoreHealth?.Dropped ?? 0, description: "Entries of the history that a failing store cost, since the start.");
        _meter.CreateObservableGauge("anyvisor.data.free", () => database.Directory.Free, "By", "Bytes free on the data directory's disk.");
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<int>> Each(ProviderRegistry providers, Func<string, int> count) =>
        providers.List().Select(provider => new Measurement<int>(count(provider.Name), new KeyValuePair<string, object?>("provider", provider.Name)));
}
