using System.Collections.Concurrent;
using System.Collections.Immutable;
using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.Libvirt.Inventory;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt;

internal sealed partial class Connection : IGuestMetrics
{
    private readonly ConcurrentDictionary<Guid, CounterReading> _readings = new();

    public async Task<ImmutableDictionary<NativeId, GuestMetrics>> ReadMetricsAsync(ImmutableArray<NativeId> guests, CancellationToken cancellationToken)
    {
        var metrics = ImmutableDictionary.CreateBuilder<NativeId, GuestMetrics>();
        var domains = guests.Select(g => _watch.Guests.Find(g)).OfType<KnownGuest>().Where(k => k.Active).Select(k => k.Ref).ToArray();
        foreach (var stats in await StatsAsync(domains, cancellationToken).ConfigureAwait(false))
        {
            var now = CounterReading.Of(stats.Params, _time.GetTimestamp());
            _readings.TryGetValue(stats.Domain.Uuid, out var before);
            _readings[stats.Domain.Uuid] = now;
            metrics[GuestFactory.Native(stats.Domain)] = now.Since(before, _time);
        }
        foreach (var gone in _readings.Keys.Where(uuid => _watch.Guests.Find(uuid) is null))
            _readings.TryRemove(gone, out _);
        return metrics.ToImmutable();
    }

    private async Task<IReadOnlyList<DomainStats>> StatsAsync(DomainRef[] domains, CancellationToken cancellationToken)
    {
        const DomainStatsGroups Groups =
            DomainStatsGroups.State | DomainStatsGroups.CpuTotal | DomainStatsGroups.Balloon | DomainStatsGroups.Interface | DomainStatsGroups.Block;
        if (domains.Length == 0)
            return [];
        try
        {
            var all = new List<DomainStats>(domains.Length);
            await foreach (var part in _client.GetStatsAsync(domains, Groups, cancellationToken).ConfigureAwait(false))
                all.AddRange(part);
            return all;
        }
        catch (LibvirtException e) when (e.IsNotImplemented)
        {
            return await Task.WhenAll(domains.Select(d => OneByOneAsync(d, cancellationToken))).ConfigureAwait(false);
        }
        catch (LibvirtException e)
        {
            throw Errors.Translate(e, "read guests' counters", mutating: false);
        }
    }

    /// <summary>What hypervisors without bulk stats (LXC, Xen) say of a guest in one call: processor time and memory.</summary>
    private async Task<DomainStats> OneByOneAsync(DomainRef domain, CancellationToken cancellationToken)
    {
        if (await Calls.FindAsync(_client.DomainGetInfoAsync(domain, cancellationToken), $"read the counters of '{domain.Name}'").ConfigureAwait(false) is not { } info)
            return new DomainStats(domain, []);
        return new DomainStats(domain, [TypedParameter.Of("cpu.time", info.CpuTime), TypedParameter.Of("balloon.rss", info.Memory)]);
    }
}
