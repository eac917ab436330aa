using System.Collections.Immutable;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere.Inventory;

/// <summary>Makes guests, images and snapshots of what is kept of a virtual machine.</summary>
internal sealed class GuestShape(string provider, Estate estate, TimeProvider time)
{
    private const string Hypervisor = "ESXi";

    public Guest Guest(GuestRecord record, ObservationSource source)
    {
        var id = record.NativeId;
        var (power, lifecycle, raw) = Mapping.State(record.PowerWord, record.ConnectionWord);
        var host = estate.Find<HostRecord>(record.Host);
        var os = GuestOs.Of(record.GuestId);
        return new Guest
        {
            Id = ObjectId.Derive(ObjectKind.Guest, provider, id),
            NativeId = id,
            Name = record.Name,
            Provider = provider,
            Host = host?.Name,
            Cluster = estate.Cluster(host),
            Kind = GuestKind.Vm,
            Service = IsServiceGuest(record),
            Power = power,
            Transition = record.Transition,
            Lifecycle = record.IsTemplate ? Lifecycle.Template : lifecycle,
            Raw = raw,
            Source = source,
            ObservedAt = time.GetUtcNow().UtcDateTime,
            Arch = os.Arch,
            Os = os.Os,
            Firmware = Mapping.Firmware(record.FirmwareWord),
            Virtualization = Virtualization.Full,
            Hypervisor = Hypervisor,
            Vcpus = record.Hardware.Cpus,
            Memory = (long)record.Hardware.MemoryMb << 20,
            Disks = Disks(record),
            Nics = Nics(record),
            Tags = Tags(record),
            Description = record.Annotation,
            CreatedAt = record.CreatedAt,
            Concerns = GuestConcerns.Of(record, estate),
        };
    }

    public Image Image(GuestRecord record)
    {
        var id = record.NativeId;
        var os = GuestOs.Of(record.GuestId);
        var disks = record.Hardware.Disks.Where(disk => disk.Device == "disk").ToList();
        return new Image
        {
            Id = ObjectId.Derive(ObjectKind.Image, provider, id),
            NativeId = id,
            Name = record.Name,
            Provider = provider,
            Arch = os.Arch,
            Os = os.Os,
            Firmware = Mapping.Firmware(record.FirmwareWord),
            Format = "vmdk",
            Capacity = disks.Count > 0 ? disks[0].Capacity : null,
            Datastore = disks.Count > 0 ? DatastoreOf(disks[0].File) : null,
            Description = record.Annotation,
            CreatedAt = record.CreatedAt,
            ObservedAt = time.GetUtcNow().UtcDateTime,
        };
    }

    public IEnumerable<Snapshot> Snapshots(GuestRecord record, ObjectId guest)
    {
        foreach (var node in record.Snapshots)
        {
            var id = NativeIds.Of(node.Self);
            yield return new Snapshot
            {
                Id = ObjectId.Derive(ObjectKind.Snapshot, provider, id),
                NativeId = id,
                Name = node.Name,
                Provider = provider,
                Guest = guest,
                Parent = node.Parent.IsEmpty ? null : Array.Find(record.Snapshots, other => other.Self.Value == node.Parent.Value)?.Name,
                Current = node.Current,
                Consistency = node.PowerWord == "poweredOn" ? SnapshotConsistency.Memory : node.Quiesced ? SnapshotConsistency.Application : SnapshotConsistency.Crash,
                Power = Mapping.Power(node.PowerWord),
                Description = node.Description,
                CreatedAt = node.CreatedAt,
                ObservedAt = time.GetUtcNow().UtcDateTime,
            };
        }
    }

    /// <summary>The datastore in <c>[datastore] path</c>.</summary>
    public static string? DatastoreOf(string? file)
    {
        if (file is not { Length: > 2 } || file[0] != '[')
            return null;
        var end = file.IndexOf(']', StringComparison.Ordinal);
        return end > 1 ? file[1..end] : null;
    }

    /// <summary>vSphere's own agents (vCLS, ESX agents) are no workload.</summary>
    private static bool IsServiceGuest(GuestRecord record) =>
        record.ManagedBy is "com.vmware.vim.eam" || (record.Name.StartsWith("vCLS", StringComparison.Ordinal) && record.ManagedBy?.StartsWith("com.vmware.", StringComparison.Ordinal) == true);

    private ImmutableArray<Disk> Disks(GuestRecord record)
    {
        var devices = record.Hardware.Disks;
        if (devices.Length == 0)
            return [];
        var disks = ImmutableArray.CreateBuilder<Disk>(devices.Length);
        foreach (var device in devices)
            disks.Add(new Disk
            {
                Name = device.Name,
                Device = device.Device,
                Bus = device.Bus,
                Format = device.Device == "disk" ? "vmdk" : device.File is null ? null : "raw",
                Capacity = device.Capacity,
                Source = device.File,
                Datastore = DatastoreOf(device.File) is { } name ? estate.Words.Of(name) : null,
                ReadOnly = device.ReadOnly,
                Shared = device.Shared,
            });
        return disks.MoveToImmutable();
    }

    private ImmutableArray<Nic> Nics(GuestRecord record)
    {
        var devices = record.Hardware.Nics;
        if (devices.Length == 0)
            return [];
        var nics = ImmutableArray.CreateBuilder<Nic>(devices.Length);
        for (var at = 0; at < devices.Length; at++)
        {
            var device = devices[at];
            var seen = Array.Find(record.SeenNics, nic => nic.Device == device.Key || (nic.Mac is not null && nic.Mac == device.Mac));
            var addresses = seen.Addresses.IsDefaultOrEmpty ? [] : seen.Addresses;
            if (addresses.IsEmpty && at == 0 && record.Address is { } own && GuestNetReader.IsUsable(own) && record.SeenNics.All(nic => nic.Addresses.IsDefaultOrEmpty))
                addresses = [own];
            nics.Add(new Nic { Mac = device.Mac, Network = Network(device), Model = device.Model, Addresses = addresses });
        }
        return nics.MoveToImmutable();
    }

    private string? Network(NicDevice device)
    {
        if (device.NetworkRef is { } reference && estate.Network(reference) is { Name.Length: > 0 } network)
            return network.Name;
        return device.Network ?? device.NetworkRef;
    }

    private ImmutableDictionary<string, string> Tags(GuestRecord record)
    {
        if (record.CustomValues.Length == 0)
            return ImmutableDictionary<string, string>.Empty;
        var fields = estate.All<FieldsRecord>().FirstOrDefault()?.Fields;
        var tags = ImmutableDictionary.CreateBuilder<string, string>();
        foreach (var value in record.CustomValues)
            tags[fields?.GetValueOrDefault(value.Field).Name ?? $"attribute-{value.Field}"] = value.Value.Trim(' ');
        return tags.ToImmutable();
    }
}
