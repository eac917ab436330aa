using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.VSphere.Inventory;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Drivers.VSphere.Work;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere;

internal sealed partial class Connection : IGuestMigrate
{
    public async Task<WorkPlan> PlanMigrateAsync(Guest guest, Host target, IProviderConnection? peer, MigrateGuest request, string taskId, CancellationToken cancellationToken)
    {
        await LearnAsync(cancellationToken).ConfigureAwait(false);
        var now = await RequireAsync(Verb.Migrate, guest, cancellationToken).ConfigureAwait(false);
        if (peer is not null || Estate.All<HostRecord>().FirstOrDefault(host => host.Name == target.Name) is not { } to)
            throw new ProviderException(ProviderError.NotCapable, $"{target.Name} is not in the same vCenter: guests migrate within it.") { NativeCode = "other-vcenter" };
        if (to.Self == now.Host)
            throw new ProviderException(ProviderError.Conflict, $"'{now.Name}' is on {target.Name} already.") { NativeCode = "already-there" };
        var pool = Estate.Compute(to)?.RootPool is { IsEmpty: false } root ? root : throw new ProviderException(ProviderError.PermissionDenied, $"{_client.Where} does not show what {to.Name} is part of: give the user the privilege to see it.");
        var concerns = Blockers(now, to, request).ToList();
        var datastore = request.WithStorage ? StorageFor(now, to) : null;
        if (!concerns.Exists(concern => concern.Severity == ConcernSeverity.Critical))
            concerns.AddRange(await CheckAsync(now, to, pool, datastore, cancellationToken).ConfigureAwait(false));
        var arguments = Of(now).Add("host", Step.Write(to.Self)).Add("to", to.Name).Add("pool", Step.Write(pool));
        if (datastore is not null)
            arguments = arguments.Add("datastore", Step.Write(datastore.Self));
        var label = datastore is null ? $"Migrate {now.Name} to {to.Name}" : $"Migrate {now.Name} to {to.Name}, and its disks to {datastore.Name}";
        return new WorkPlan { Host = to.Name, Steps = [new WorkStep(MigrateStep.Name, label, arguments) { Weight = 5 }], Concerns = [.. concerns] };
    }

    /// <summary>The datastore that its disks go to, where the target does not reach the one they are on.</summary>
    private DatastoreRecord? StorageFor(GuestRecord guest, HostRecord to)
    {
        if (Unreached(guest, to).Count == 0)
            return null;
        return Estate.All<DatastoreRecord>().Where(store => store.Accessible && Array.Exists(store.Hosts, host => host == to.Self)).OrderByDescending(store => store.FreeSpace ?? 0).FirstOrDefault()
            ?? throw new ProviderException(ProviderError.CapacityExceeded, $"The host '{to.Name}' reaches no datastore.");
    }

    private List<string> Unreached(GuestRecord guest, HostRecord to)
    {
        var reached = Estate.All<DatastoreRecord>().Where(store => Array.Exists(store.Hosts, host => host == to.Self)).Select(store => store.Name).ToHashSet(StringComparer.Ordinal);
        return [.. guest.Hardware.Disks.Where(disk => disk.Device == "disk").Select(disk => GuestShape.DatastoreOf(disk.File)).OfType<string>().Distinct().Where(name => !reached.Contains(name))];
    }

    /// <summary>What is known to be in the way without asking.</summary>
    private IEnumerable<Concern> Blockers(GuestRecord now, HostRecord to, MigrateGuest request)
    {
        var on = Mapping.Power(now.PowerWord) == PowerState.On;
        if (Mapping.Host(to.ConnectionWord, to.PowerWord, to.InMaintenance) != HostState.Up)
            yield return Blocker("target-state", "Target takes no guests", $"{to.Name} is {(to.InMaintenance ? "in maintenance mode" : to.ConnectionWord)}.", "Choose another host.");
        if (!request.WithStorage && Unreached(now, to) is { Count: > 0 } unreached)
            yield return Blocker("storage", "Disks not in reach", $"{to.Name} does not reach {string.Join(", ", unreached)}, where its disks are.", "Migrate it with storage.");
        if (to.Memory > 0 && (long)now.Hardware.MemoryMb << 20 > to.Memory)
            yield return Blocker("memory", "Not enough memory", $"{to.Name} has {to.Memory >> 20} MiB in all, and '{now.Name}' has {now.Hardware.MemoryMb}.", "Choose a larger host.");
        if (on && now.Hardware.Traits.HasFlag(DeviceTraits.Usb))
            yield return new Concern("vsphere.migration.usb", ConcernSeverity.Warning, "USB device", "A USB device of its host is connected to it.", "Disconnect it.");
        if (on && !request.Live)
            yield return new Concern("vsphere.migration.live", ConcernSeverity.Information, "It migrates live", "A guest that runs is migrated without stopping it.", "Stop it first, if it is to be migrated cold.");
    }

    /// <summary>Asks vCenter's own checker. What it finds is a finding; that there is none to ask is none.</summary>
    private async Task<List<Concern>> CheckAsync(GuestRecord now, HostRecord to, MoRef pool, DatastoreRecord? datastore, CancellationToken cancellationToken)
    {
        if (_client.Content.VmProvisioningChecker is not { } checker)
            return [];
        var call = new SoapCall("CheckRelocate_Task", checker, $"checking the migration of '{now.Name}'", writer =>
        {
            writer.Ref("vm", now.Self);
            writer.Inside("spec", null, spec => RelocateSpec.Write(spec, to.Self, pool, datastore?.Self));
        }) with { Reads = true };
        try
        {
            var ended = await RunAsync(call, default, Transition.None, null, cancellationToken).ConfigureAwait(false);
            return [.. ended.Findings.Select(finding => new Concern(
                $"vsphere.migration.{finding.Fault.Type.ToLowerInvariant()}",
                finding.Blocks ? ConcernSeverity.Critical : ConcernSeverity.Warning,
                finding.Blocks ? "vCenter refuses it" : "vCenter warns",
                finding.Fault.Text.Length > 0 ? finding.Fault.Text : $"{finding.Fault.Type} {finding.Fault.Details}".Trim(),
                "Change what the message names, and try again."))];
        }
        catch (ProviderException e) when (e.Error is ProviderError.NotCapable or ProviderError.PermissionDenied or ProviderError.NotFound)
        {
            return [new Concern("vsphere.migration.unchecked", ConcernSeverity.Information, "Not checked beforehand", $"vCenter was not able to check it: {e.NativeMessage ?? e.NativeCode ?? e.Message}")];
        }
    }

    private static Concern Blocker(string id, string label, string assessment, string remedy) => new($"vsphere.migration.{id}", ConcernSeverity.Critical, label, assessment, remedy);
}
