using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Libvirt.Work;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt;

internal sealed partial class Connection : IGuestClone
{
    /// <summary>VIR_DOMAIN_XML_INACTIVE: what the next start will have.</summary>
    private const uint Definition = 2;

    public async Task<WorkPlan> PlanCloneAsync(Guest source, CloneGuest request, string taskId, CancellationToken cancellationToken)
    {
        Require(Verb.Clone, source);
        await _daemon.RequireFreeNameAsync(request.Name, cancellationToken).ConfigureAwait(false);
        var domain = await _daemon.GuestAsync(source, cancellationToken).ConfigureAwait(false);
        var xml = SafeXml.Parse(await _daemon.XmlAsync(domain, Definition, cancellationToken).ConfigureAwait(false), "domain", $"guest '{domain.Name}'");
        var description = DomainReader.Read(xml, domain.Name);
        var disks = await FileDisks.RequireAsync(_daemon, domain, description, "cloned", cancellationToken).ConfigureAwait(false);
        var snapshots = (await AskAsync(_client.DomainListAllSnapshotsAsync(domain, 0, cancellationToken), $"list the snapshots of '{domain.Name}'").ConfigureAwait(false)).Length;
        var linked = request.Linked ?? (snapshots == 0);
        if (linked && snapshots > 0)
            throw new ProviderException(ProviderError.Conflict, $"'{domain.Name}' has {snapshots} snapshots, which a linked clone would cut off from it: delete them, or stop it and make a full copy (linked=false).");
        if (!linked && domain.Id >= 0)
            throw new ProviderException(ProviderError.Conflict, $"'{domain.Name}' is on, and its disks can be copied only while it is off: stop it, or make a linked clone{(snapshots > 0 ? " once its snapshots are deleted" : "")}.");
        RequireRoom(disks, linked);
        var uuid = Guid.NewGuid();
        var steps = ImmutableArray.CreateBuilder<WorkStep>();
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        if (linked)
            steps.Add(SwitchDisksStep.For(domain, disks.Select(d => d.Switched($"{domain.Name}-{taskId}-{d.Target}.qcow2"))));
        foreach (var disk in disks)
        {
            var volume = $"{request.Name}-{taskId}-{disk.Target}.qcow2";
            files[disk.Path] = $"{disk.Folder}/{volume}";
            steps.Add(
                linked
                    ? VolumeStep.Overlay("disk-" + disk.Target, $"Create the disk {volume} in {disk.Volume.Pool}", disk.Volume.Pool, volume, disk.Capacity, "qcow2", disk.Path, disk.Format)
                    : VolumeStep.Copy("disk-" + disk.Target, $"Copy the disk {disk.Volume.Name} to {volume}", disk.Volume.Pool, volume, disk.Capacity, "qcow2", disk.Volume, disk.Format)
            );
        }
        var marks = description.Marks with { Task = taskId, CreatedAt = _time.GetUtcNow().UtcDateTime };
        steps.Add(DefineStep.For(uuid, request.Name, DomainEdits.Copy(xml, uuid, request.Name, files, marks)));
        if (request.Start)
            steps.Add(StartStep.For(uuid, request.Name));
        return new WorkPlan
        {
            Steps = steps.ToImmutable(),
            Host = _host.Hostname,
            Makes = new NativeId(uuid),
            Concerns = linked && domain.Id >= 0
                ? [new Concern("libvirt.crash-consistent", ConcernSeverity.Warning, "As after a power cut", $"{domain.Name} is on: the clone's disks are as if it had lost power this moment.", "Stop it first where its applications do not recover from that.")]
                : [],
        };
    }

    /// <summary>What lies below a copied disk is copied too, and is not counted: a pool that is too small for that is found out on the way.</summary>
    private static void RequireRoom(IReadOnlyList<FileDisk> disks, bool linked)
    {
        const long Overlay = 1 << 20;
        foreach (var pool in disks.GroupBy(d => d.Volume.Pool))
        {
            var needed = pool.Sum(d => linked ? 2 * Overlay : d.Allocation);
            if (needed > pool.First().Available)
                throw new ProviderException(ProviderError.CapacityExceeded, $"The clone's disks need {Work.Storage.Size(needed)} and the datastore '{pool.Key}' has {Work.Storage.Size(pool.First().Available)} left.");
        }
    }
}
