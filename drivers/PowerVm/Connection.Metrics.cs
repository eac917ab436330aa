using System.Collections.Concurrent;
using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.PowerVm.Inventory;
using Anyvisor.Drivers.PowerVm.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm;

/// <summary>From the console's performance and capacity monitoring, where it is switched on for the system (aggregation: 30 seconds).</summary>
internal sealed partial class Connection : IGuestMetrics
{
    public async Task<ImmutableDictionary<NativeId, GuestMetrics>> ReadMetricsAsync(ImmutableArray<NativeId> guests, CancellationToken cancellationToken)
    {
        var readings = new ConcurrentDictionary<NativeId, GuestMetrics>();
        var known = guests.Select(id => _estate.Partition(id)).OfType<PartitionDraft>().Where(partition => partition.Guest.Power == PowerState.On && partition.Facts.Kind != PartitionKind.Vios);
        await Parallel.ForEachAsync(known, new ParallelOptions { MaxDegreeOfParallelism = 3, CancellationToken = cancellationToken }, async (partition, token) =>
        {
            if (await ReadMetricsAsync(partition.Facts, token).ConfigureAwait(false) is { } reading)
                readings[partition.Guest.NativeId] = reading;
        }).ConfigureAwait(false);
        return readings.ToImmutableDictionary();
    }

    private async Task<GuestMetrics?> ReadMetricsAsync(PartitionFacts facts, CancellationToken cancellationToken)
    {
        var what = $"reading the counters of partition {facts.PartitionId} of {facts.SystemName}";
        try
        {
            var path = $"pcm/ManagedSystem/{facts.System:D}/LogicalPartition/{PartitionFacts.Address(facts.Uuid)}/ProcessedMetrics?NoOfSamples=1";
            var answer = await _client.SendAsync(HmcRequest.Get(path, what), cancellationToken).ConfigureAwait(false);
            if (answer.IsEmpty)
                return null;
            var link = answer.Xml(what).Children("entry").SelectMany(entry => entry.Children("link")).Select(one => one.Href()).LastOrDefault(href => href?.EndsWith(".json", StringComparison.Ordinal) == true);
            // Of the link, only the file's name is followed: what the console calls itself may not be what we call it.
            return link is null ? null : await _client.JsonAsync($"pcm/ProcessedMetrics/{Uri.EscapeDataString(Uri.UnescapeDataString(link[(link.LastIndexOf('/') + 1)..]))}", what, MetricsReader.Read, cancellationToken).ConfigureAwait(false);
        }
        catch (ProviderException e) when (e.Error is ProviderError.NotFound or ProviderError.ProviderFault or ProviderError.PermissionDenied or ProviderError.NotCapable or ProviderError.InvalidArgument)
        {
            return null; // Monitoring is off for the system, or has counted nothing yet.
        }
    }
}
