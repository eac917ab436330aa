using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.SolarisZones.Wire;
using Anyvisor.Drivers.SolarisZones.Work;
using Anyvisor.Model;

namespace Anyvisor.Drivers.SolarisZones;

/// <summary>Snapshots of the ZFS dataset that a zone lies on, and of those below it.</summary>
internal sealed partial class Connection : IGuestSnapshots
{
    /// <summary>vmadm shows those of its snapshots that are named so.</summary>
    public const string VmPrefix = "vmsnap-";

    private string SnapshotPrefix => Facts.Flavor == Flavor.SmartOs ? VmPrefix : "";

    public async Task<WorkPlan> PlanSnapshotAsync(Guest guest, CreateSnapshot request, string taskId, CancellationToken cancellationToken)
    {
        var (dataset, _) = await DatasetAsync(Verb.SnapshotCreate, guest, cancellationToken).ConfigureAwait(false);
        if (request.Memory == true || request.Quiesce)
            throw new ProviderException(ProviderError.NotCapable, "ZFS snapshots hold a zone's files as they are that moment: no memory, and nothing is quiesced.");
        var name = ZoneNames.RequireSnapshot(request.Name ?? "s" + _time.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture));
        var full = $"{dataset}@{SnapshotPrefix}{name}";
        var found = await _zone.Commands!.TryAsync(["zfs", "list", "-H", "-o", "name", full], $"look for the snapshot '{full}'", cancellationToken).ConfigureAwait(false);
        if (found.ExitCode == 0)
            throw new ProviderException(ProviderError.Conflict, $"'{guest.Name}' has a snapshot '{name}' already.");
        return new WorkPlan { Steps = [SnapshotStep.For(guest.Name, dataset, SnapshotPrefix, name, request.Description)], Host = Facts.Name };
    }

    public async Task<WorkPlan> PlanRevertAsync(Guest guest, Snapshot snapshot, string taskId, CancellationToken cancellationToken)
    {
        var (dataset, line) = await DatasetAsync(Verb.SnapshotRevert, guest, cancellationToken).ConfigureAwait(false);
        if (Mapping.State(line.State).Power != PowerState.Off)
            throw Conflict(guest, $"is '{line.State}': it is reverted while it is off.");
        var around = await _zone.SurroundingsAsync(cancellationToken).ConfigureAwait(false);
        var own = _factory.Snapshots(around, new Dictionary<string, Guest>(StringComparer.Ordinal) { [line.Path] = guest }).ToList();
        var at = own.FindIndex(s => s.Name == snapshot.Name);
        if (at < 0)
            throw new ProviderException(ProviderError.NotFound, $"'{guest.Name}' has no snapshot '{snapshot.Name}' any more.");
        var later = own.Skip(at + 1).Select(s => s.Name).ToList();
        return new WorkPlan
        {
            Steps = [RollbackStep.For(guest.Name, dataset, SnapshotPrefix, snapshot.Name)],
            Host = Facts.Name,
            Concerns = later.Count == 0
                ? []
                : [new Concern("zones.later-snapshots", ConcernSeverity.Warning, "Later snapshots are destroyed", $"ZFS goes back by destroying what came after: {string.Join(", ", later)}.", "Clone the zone first where they are still needed.")],
        };
    }

    /// <summary>One that is gone already, as after a revert to an earlier one, is deleted by a plan that finds nothing to do.</summary>
    public async Task<WorkPlan> PlanSnapshotDeleteAsync(Guest guest, Snapshot snapshot, string taskId, CancellationToken cancellationToken)
    {
        var (dataset, _) = await DatasetAsync(Verb.SnapshotDelete, guest, cancellationToken).ConfigureAwait(false);
        return new WorkPlan { Steps = [SnapshotDeleteStep.For(guest.Name, dataset, SnapshotPrefix, ZoneNames.RequireSnapshot(snapshot.Name))], Host = Facts.Name };
    }

    private async Task<(string Dataset, ZoneLine Line)> DatasetAsync(Verb verb, Guest guest, CancellationToken cancellationToken)
    {
        var line = await LocateAsync(guest, cancellationToken).ConfigureAwait(false);
        if (Lacks(verb, guest) is { Reason: { } reason })
            throw new ProviderException(ProviderError.NotCapable, reason.Text);
        var dataset = await _zone.Commands!.RunAsync(["zfs", "list", "-H", "-o", "name", ZoneNames.RequirePath(line.Path, "a zone's path")], $"find the dataset of zone '{guest.Name}'", changes: false, cancellationToken).ConfigureAwait(false);
        var name = ZoneNames.RequireDataset(dataset.Trim());
        // A path that lies on no dataset of its own is answered with the one around it, which holds others too.
        var mount = (await _zone.Commands.RunAsync(["zfs", "list", "-H", "-o", "mountpoint", name], $"find the dataset of zone '{guest.Name}'", changes: false, cancellationToken).ConfigureAwait(false)).Trim();
        return mount == line.Path
            ? (name, line)
            : throw new ProviderException(ProviderError.NotCapable, $"Zone '{guest.Name}' lies at {line.Path}, which is no ZFS dataset of its own: it can't have snapshots.");
    }
}
