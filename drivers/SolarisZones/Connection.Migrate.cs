using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.SolarisZones.Inventory;
using Anyvisor.Drivers.SolarisZones.Migrating;
using Anyvisor.Drivers.SolarisZones.Wire;
using Anyvisor.Drivers.SolarisZones.Work;
using Anyvisor.Model;

namespace Anyvisor.Drivers.SolarisZones;

/// <summary>
/// Zones that are off go to another global zone with their dataset: detach, snapshot, send, configure, attach; and only when
/// the other side has it installed is it taken away here. Until then every step can be taken back.
/// </summary>
internal sealed partial class Connection : IGuestMigrate
{
    /// <summary>For the steps of a migration, which work at both ends.</summary>
    internal GlobalZone Zone => _zone;

    internal ZoneWatch Watch => _watch;

    internal TimeProvider Time => _time;

    public async Task<WorkPlan> PlanMigrateAsync(Guest guest, Host target, IProviderConnection? peer, MigrateGuest request, string taskId, CancellationToken cancellationToken)
    {
        var (dataset, line) = await DatasetAsync(Verb.Migrate, guest, cancellationToken).ConfigureAwait(false);
        if (peer is not Connection there)
            throw target.Name == Facts.Name
                ? Conflict(guest, $"is on {target.Name} already.")
                : new ProviderException(ProviderError.InvalidArgument, $"The global zone {target.Name} must be a provider of its own to bring zones there.");
        if (request.Live)
            throw new ProviderException(ProviderError.NotCapable, "Zones are brought to another global zone while they are off.");
        if (there._zone.Commands is null || there.Facts.Flavor == Flavor.SmartOs)
            throw new ProviderException(ProviderError.NotCapable, $"{target.Name} is reached by {there._zone.Way}, which attaches no zones: add it by ssh://, and not as SmartOS.");
        if (Mapping.State(line.State) is not { Power: PowerState.Off, Lifecycle: Lifecycle.Provisioned })
            throw Conflict(guest, $"is '{line.State}': it is brought away while it is installed and off.");
        await there.RequireFreeNameAsync(line.Name, cancellationToken).ConfigureAwait(false);
        var config = await _zone.ConfigurationAsync(line.Name, cancellationToken).ConfigureAwait(false)
            ?? throw new ProviderException(ProviderError.NotFound, $"{Facts.Name} has no zone '{guest.Name}' any more.");
        var into = await there.PlaceForAsync(line, cancellationToken).ConfigureAwait(false);
        var concerns = MigrationConcerns.Of(
            Facts, there.Facts, line, config, await there._zone.SurroundingsAsync(cancellationToken).ConfigureAwait(false),
            await SizeAsync(_zone, "used", dataset, cancellationToken).ConfigureAwait(false),
            await SizeAsync(there._zone, "available", into[..into.LastIndexOf('/')], cancellationToken).ConfigureAwait(false));
        var snapshot = "anyvisor-" + taskId;
        return new WorkPlan
        {
            Steps =
            [
                DetachStep.For(line),
                SnapshotStep.For(guest.Name, dataset, "", snapshot, null),
                SendStep.For(guest.Name, target.Name, dataset, into, snapshot),
                PeerStep.Configure(line.Name, target.Name, NewZone.Moved(config, taskId)),
                PeerStep.Attach(line, target.Name),
                LeaveStep.For(line, dataset, into, snapshot, Facts.Name),
            ],
            Host = target.Name,
            Concerns = concerns,
        };
    }

    /// <summary>The dataset that a zone of that path would be here: below the one that is mounted around it.</summary>
    private async Task<string> PlaceForAsync(ZoneLine line, CancellationToken cancellationToken)
    {
        var path = ZoneNames.RequirePath(line.Path, "a zone's path");
        var around = path[..Math.Max(1, path.LastIndexOf('/'))];
        var doing = $"find the dataset of {around} at {Facts.Name}";
        var found = await _zone.Commands!.TryAsync(["zfs", "list", "-H", "-o", "name,mountpoint", around], doing, cancellationToken).ConfigureAwait(false);
        if (found.ExitCode != 0 || found.Output.Trim().Split('\t') is not [var name, var mount] || mount != around)
            throw new ProviderException(ProviderError.InvalidArgument, $"{Facts.Name} has no dataset mounted at {around}, below which the zone lies: make it there with zfs create -o mountpoint={around} POOL/NAME.");
        var into = ZoneNames.RequireDataset($"{name}/{path[(path.LastIndexOf('/') + 1)..]}");
        var taken = await _zone.Commands.TryAsync(["zfs", "list", "-H", "-o", "name", into], doing, cancellationToken).ConfigureAwait(false);
        return taken.ExitCode == 0 ? throw new ProviderException(ProviderError.Conflict, $"{Facts.Name} has a dataset {into} already, where the zone would go: rename or destroy it.") : into;
    }

    /// <summary>Bytes; null where zfs says no number.</summary>
    private static async Task<long?> SizeAsync(GlobalZone zone, string property, string dataset, CancellationToken cancellationToken)
    {
        var said = await zone.Commands!.RunAsync(["zfs", "get", "-H", "-p", "-o", "name,property,value", property, dataset], $"read how much of {dataset} is {property}", changes: false, cancellationToken).ConfigureAwait(false);
        return long.TryParse(said.Trim().Split('\t')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : null;
    }
}
