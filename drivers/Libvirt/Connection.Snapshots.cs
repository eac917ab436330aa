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
        if (await BesideDisksAsync(domain, description, request, cancellationToken).ConfigureAwait(false))
            return await new ExternalSnapshots(_daemon).PlanCreateAsync(domain, description, name, request, taskId, cancellationToken).ConfigureAwait(false);
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
            return await ExternalAsync(guest, domain, snapshot, (plans, held, now) => plans.PlanRevertAsync(domain, now, held, taskId, cancellationToken), cancellationToken).ConfigureAwait(false);
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
            return await ExternalAsync(guest, domain, snapshot, (plans, held, now) => plans.PlanDeleteAsync(domain, now, held, cancellationToken), cancellationToken).ConfigureAwait(false);
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

    /// <summary>
    /// Whether a snapshot has to lie in files beside the disks: within them it needs qcow2 and no UEFI, and has a running
    /// guest's memory. The two kinds do not mix, for a file beside a disk cuts off what lies within it.
    /// </summary>
    private async Task<bool> BesideDisksAsync(Wire.DomainRef domain, DomainDescription description, CreateSnapshot request, CancellationToken cancellationToken)
    {
        if (_host.Traits.Type != "QEMU")
            return request.Quiesce || request.Memory == false && domain.Id >= 0
                ? throw new ProviderException(ProviderError.NotCapable, $"libvirt's {_host.Traits.Name} driver takes snapshots with the memory of a running guest alone.")
                : false;
        var raw = description.Disks.FirstOrDefault(d => d is { Device: "disk", ReadOnly: false, Source: not null } && d.Format != "qcow2");
        var why = description.Firmware == Firmware.Uefi ? $"libvirt {_host.LibvirtVersion} can't keep the memory of a UEFI guest in a snapshot"
            : raw is not null ? $"its disk {raw.Name} is {raw.Format}, and only qcow2 files can keep memory"
            : null;
        if (why is not null && request.Memory == true && domain.Id >= 0)
            throw new ProviderException(ProviderError.NotCapable, $"A snapshot of '{domain.Name}' can't have its memory: {why}. Take it without, or stop the guest.");
        if (request.Memory == true && request.Quiesce)
            throw new ProviderException(ProviderError.InvalidArgument, "A snapshot that has the memory needs no quiescing: take it with the one or the other.");
        var held = await new ExternalSnapshots(_daemon).ListAsync(domain, cancellationToken).ConfigureAwait(false);
        var (within, beside) = (held.FirstOrDefault(s => s.Layers.IsEmpty), held.FirstOrDefault(s => !s.Layers.IsEmpty));
        var wanted = why is not null || (domain.Id >= 0 && (request.Quiesce || request.Memory == false)) || beside is not null;
        if (wanted && within is not null)
            throw new ProviderException(ProviderError.Conflict, $"'{domain.Name}' has the snapshot '{within.Name}' within its disks' own files, which one beside them would cut off: delete it first{(why is null ? ", or take this one with its memory" : "")}.");
        if (beside is not null && request.Memory == true && domain.Id >= 0)
            throw new ProviderException(ProviderError.Conflict, $"'{domain.Name}' has the snapshot '{beside.Name}' in files beside its disks, and one with its memory would lie within them: delete that first, or take this one without memory.");
        return wanted;
    }

    private async Task<WorkPlan> ExternalAsync(Guest guest, Wire.DomainRef domain, Snapshot snapshot, Func<ExternalSnapshots, HeldSnapshot, DomainDescription, Task<WorkPlan>> plan, CancellationToken cancellationToken)
    {
        var plans = new ExternalSnapshots(_daemon);
        var held = (await plans.ListAsync(domain, cancellationToken).ConfigureAwait(false)).FirstOrDefault(s => s.Name == snapshot.Name)
            ?? throw new ProviderException(ProviderError.NotFound, $"The snapshot '{snapshot.Name}' of '{guest.Name}' is gone.");
        if (held.Layers.IsEmpty)
            throw new ProviderException(ProviderError.NotCapable, $"The snapshot '{snapshot.Name}' keeps its memory in a file of its own, which somebody else's tool made: use that one.");
        return await plan(plans, held, (await LiveAsync(guest, cancellationToken).ConfigureAwait(false)).Description).ConfigureAwait(false);
    }

    /// <summary>A verb that this hypervisor lacks is refused with the reason that the guest shows.</summary>
    private void Require(Verb verb, Guest guest)
    {
        if (Judge(verb, guest) is { Allowed: false, Reason: { } reason } state)
            throw new ProviderException(state.Level == ActionLevel.None ? ProviderError.NotCapable : ProviderError.Conflict, reason.Text);
    }
}
