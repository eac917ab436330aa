using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Libvirt.Work;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt;

internal sealed partial class Connection : IGuestSnapshots
{
    public async Task<WorkPlan> PlanSnapshotAsync(Guest guest, CreateSnapshot request, string taskId, CancellationToken cancellationToken)
    {
        Require(Verb.SnapshotCreate, guest);
        var (domain, description) = await LiveAsync(guest, cancellationToken).ConfigureAwait(false);
        var name = request.Name ?? "s" + _time.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        if (name.Length is 0 or > 200 || name.Contains('/') || name.Any(char.IsControl) || name[0] == '.')
            throw new ProviderException(ProviderError.InvalidArgument, $"'{name}' can't be a snapshot's name: at most 200 characters, no '/', and no '.' at the start.");
        var doing = $"look for the snapshot '{name}' of '{guest.Name}'";
        if (await Calls.FindAsync(_client.DomainSnapshotLookupByNameAsync(domain, name, 0, cancellationToken), doing).ConfigureAwait(false) is not null)
            throw new ProviderException(ProviderError.Conflict, $"'{guest.Name}' has a snapshot '{name}' already.");
        if (request.Quiesce)
            throw new ProviderException(ProviderError.NotCapable, "Snapshots within the disks' own files hold the memory too and need no quiescing; libvirt can't quiesce for them.");
        if (request.Memory == false && domain.Id >= 0)
            throw new ProviderException(ProviderError.NotCapable, "A running guest's snapshot within its disks' own files has its memory as well. Stop the guest to save its disks alone.");
        if (description is { Firmware: Firmware.Uefi, Type: not "test" })
            throw new ProviderException(ProviderError.NotCapable, $"libvirt {_host.LibvirtVersion} can't keep a snapshot of a UEFI guest within its disks' own files.");
        var step = StepArguments.Make(
            "snapshot",
            SnapshotStep.Kind,
            $"Take the snapshot {name} of {guest.Name}",
            ("uuid", domain.Uuid),
            ("name", domain.Name),
            ("snapshot", name),
            ("xml", SnapshotWriter.Internal(name, request.Description)),
            ("flags", 0)
        );
        return new WorkPlan { Steps = [step], Host = _host.Hostname };
    }

    public async Task<WorkPlan> PlanRevertAsync(Guest guest, Snapshot snapshot, string taskId, CancellationToken cancellationToken)
    {
        var (domain, description) = await SnapshotAsync(Verb.SnapshotRevert, guest, snapshot, cancellationToken).ConfigureAwait(false);
        if (description.External)
            throw new ProviderException(ProviderError.NotCapable, $"The snapshot '{snapshot.Name}' lies in files beside the disks, which libvirt {_host.LibvirtVersion} can't revert to safely.");
        (string, object?)[] arguments = [("uuid", domain.Uuid), ("name", domain.Name), ("snapshot", snapshot.Name)];
        return new WorkPlan
        {
            Steps =
            [
                StepArguments.Make("mark", RevertMarkStep.Kind, $"Mark {guest.Name} for its revert", arguments) with { Weight = 0.1 },
                StepArguments.Make("revert", RevertStep.Kind, $"Revert {guest.Name} to {snapshot.Name}", arguments) with { PointOfNoReturn = true },
            ],
            Host = _host.Hostname,
            Concerns = domain.Id >= 0
                ? [new Concern("libvirt.state-lost", ConcernSeverity.Warning, "The present state is lost", $"{guest.Name} is on: what it does now and wrote since {snapshot.Name} is given up.")]
                : [],
        };
    }

    public async Task<WorkPlan> PlanSnapshotDeleteAsync(Guest guest, Snapshot snapshot, string taskId, CancellationToken cancellationToken)
    {
        var (domain, description) = await SnapshotAsync(Verb.SnapshotDelete, guest, snapshot, cancellationToken).ConfigureAwait(false);
        if (description.External)
            throw new ProviderException(ProviderError.NotCapable, $"The snapshot '{snapshot.Name}' lies in files beside the disks, which libvirt {_host.LibvirtVersion} can't delete.");
        var step = StepArguments.Make(
            "delete",
            SnapshotDeleteStep.Kind,
            $"Delete the snapshot {snapshot.Name} of {guest.Name}",
            ("uuid", domain.Uuid),
            ("name", domain.Name),
            ("snapshot", snapshot.Name)
        ) with
        {
            PointOfNoReturn = true,
        };
        return new WorkPlan { Steps = [step], Host = _host.Hostname };
    }

    private async Task<(Wire.DomainRef Domain, SnapshotDescription Description)> SnapshotAsync(Verb verb, Guest guest, Snapshot snapshot, CancellationToken cancellationToken)
    {
        Require(verb, guest);
        var domain = await _daemon.GuestAsync(guest, cancellationToken).ConfigureAwait(false);
        var doing = $"find the snapshot '{snapshot.Name}' of '{guest.Name}'";
        var found = await AskAsync(_client.DomainSnapshotLookupByNameAsync(domain, snapshot.Name, 0, cancellationToken), doing).ConfigureAwait(false);
        return (domain, SnapshotDescription.Read(await AskAsync(_client.DomainSnapshotGetXmlDescAsync(found, 0, cancellationToken), doing).ConfigureAwait(false), snapshot.Name));
    }

    /// <summary>A verb that this hypervisor lacks is refused with the reason that the guest shows.</summary>
    private void Require(Verb verb, Guest guest)
    {
        if (Judge(verb, guest) is { Allowed: false, Reason: { } reason } state)
            throw new ProviderException(state.Level == ActionLevel.None ? ProviderError.NotCapable : ProviderError.Conflict, reason.Text);
    }
}
