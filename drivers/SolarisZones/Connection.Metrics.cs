using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.SolarisZones.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.SolarisZones;

/// <summary>What running zones use: all of them by one call of prstat.</summary>
internal sealed partial class Connection : IGuestMetrics, ITags
{
    public async Task<ImmutableDictionary<NativeId, GuestMetrics>> ReadMetricsAsync(ImmutableArray<NativeId> guests, CancellationToken cancellationToken)
    {
        if (_zone.Commands is not { } commands)
            throw new ProviderException(ProviderError.NotCapable, "RAD's zone manager counts nothing: add the global zone by ssh:// too.");
        const string Doing = "read what its zones use";
        var said = Sections.ByTitle(await commands.ScriptAsync(Scripts.Statistics, [], "", Doing, changes: false, cancellationToken).ConfigureAwait(false), Doing);
        var now = _time.GetUtcNow().UtcDateTime;
        var uses = ZoneStatistics.Parse(said.GetValueOrDefault("zones", ""), said.GetValueOrDefault("prstat", "")).ToDictionary(use => use.Zone, StringComparer.Ordinal);
        var read = ImmutableDictionary.CreateBuilder<NativeId, GuestMetrics>();
        foreach (var id in guests)
            if (_watch.Find(id) is { } known && uses.TryGetValue(known.Line.Name, out var use))
                read[id] = new GuestMetrics { At = now, MemoryResident = use.Resident, CpuUsage = Facts.Cpus > 0 ? use.CpuShare * Facts.Cpus : null };
        return read.ToImmutable();
    }

    public async Task SetTagsAsync(Guest guest, ImmutableDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        var line = await LocateAsync(guest, cancellationToken).ConfigureAwait(false);
        if (Lacks(Verb.Tag, guest) is { Reason: { } reason })
            throw new ProviderException(ProviderError.NotCapable, reason.Text);
        try
        {
            await _zone.SetTagsAsync(line, tags, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _watch.Touch(line.Name);
        }
    }
}
