using System.Globalization;
using System.Xml.Linq;

namespace Anyvisor.Drivers.PowerVm.Simulator;

/// <summary>What is sent to the console to be made or changed. Everything is done under the estate's gate.</summary>
internal sealed class Changes(HmcEstate estate)
{
    private readonly Random _random = new(77);

    public SimPartition Make(SimSystem system, XElement body)
    {
        var name = Text(body, "PartitionName") ?? throw Invalid("PartitionName");
        if (system.Partitions.Values.Any(p => p.Name == name))
            throw new Refusal(500, "Unknown internal error.", $"HSCL1582 The partition name {name} already exists.");
        var type = Text(body, "PartitionType") ?? throw Invalid("PartitionType");
        var made = new SimPartition { Uuid = Layout.Uuid(_random), Profile = Layout.Uuid(_random), Id = system.NextId++, Name = name, Type = type, System = system, Description = Text(body, "Description") ?? "" };
        Size(made, body);
        if (made.Memory > system.Memory)
            throw new Refusal(500, "Unknown internal error.", $"HSCL03EC There is not enough memory: {made.Memory} MB.");
        Layout.Add(estate, system, made);
        estate.Events.Tell("ADD_URI", HmcEstate.Address(made), "");
        return made;
    }

    public void Change(SimPartition p, XElement body)
    {
        var name = Text(body, "PartitionName") ?? p.Name;
        if (name != p.Name && p.System.Partitions.Values.Any(other => other.Name == name))
            throw new Refusal(500, "Unknown internal error.", $"HSCL1582 The partition name {name} already exists.");
        var memory = Whole(body, "PartitionMemoryConfiguration/DesiredMemory") ?? p.Memory;
        if (memory % 256 != 0)
            throw new Refusal(500, "Unknown internal error.", $"HSCL1508 The memory {memory} is not valid: it is no multiple of the region size 256.");
        if (p.On && Sizes(p) != Sizes(Sized(p, body)) && p.Rmc != "active")
            throw new Refusal(500, "Unknown internal error.", $"HSCL2957 Either there is currently no RMC connection between the management console and the partition {p.Name} or the partition does not support dynamic partitioning operations.");
        if (p.On && (memory < p.MinMemory || memory > p.MaxMemory))
            throw new Refusal(500, "Unknown internal error.", "HSCL1506 The value is not valid: it is not between minimum and maximum.");
        p.Name = name;
        Size(p, body);
        estate.Changed(p, "PartitionName,PartitionMemoryConfiguration,PartitionProcessorConfiguration");
    }

    public void Delete(SimPartition p)
    {
        if (p.State != "not activated")
            throw new Refusal(500, "Unknown internal error.", $"HSCL0679 The partition {p.Name} can't be removed in its partition state {p.State}.");
        estate.Events.Tell("DELETE_URI", HmcEstate.Address(p), "");
        _ = p.System.Partitions.Remove(p.Uuid);
        _ = estate.Partitions.Remove(p.Uuid);
    }

    public SimAdapter Connect(SimPartition p, XElement body)
    {
        var (slot, vlan) = ((int)(Whole(body, "VirtualSlotNumber") ?? 2 + p.Adapters.Count), (int)(Whole(body, "PortVLANID") ?? throw Invalid("PortVLANID")));
        if (p.Adapters.Exists(a => a.Slot == slot))
            throw new Refusal(500, "Unknown internal error.", $"HSCL1538 The slot {slot} is already in use.");
        var on = At(body, "AssociatedVirtualSwitch/link")?.Attribute("href")?.Value.Split('/')[^1] is { } last && Guid.TryParse(last, out var uuid) ? uuid : p.System.Switches[0].Uuid;
        var made = Layout.Adapter(p, slot, new SimNetwork(Guid.Empty, "", vlan, false, on), _random);
        p.Adapters.Add(made);
        estate.Changed(p, "ClientNetworkAdapters");
        return made;
    }

    /// <summary>The list of disks is set to what was sent: what is new is made, what is missing is gone.</summary>
    public void Change(SimPool pool, SimPartition? vios, XElement body)
    {
        var (list, item, name, size) = pool.Shared ? ("LogicalUnits", "LogicalUnit", "UnitName", "UnitCapacity") : ("VirtualDisks", "VirtualDisk", "DiskName", "DiskCapacity");
        var sent = At(body, list)?.Elements().Where(e => e.Name.LocalName == item).Select(e => (Name: Text(e, name)!, Size: decimal.Parse(Text(e, size)!, CultureInfo.InvariantCulture))).ToList() ?? throw Invalid(list);
        foreach (var gone in pool.Disks.Where(disk => sent.TrueForAll(s => s.Name != disk.Name)).ToList())
        {
            if (estate.Systems.SelectMany(HmcEstate.ViosOf).Any(v => v.Mappings.Exists(m => m.Disk == gone)))
                throw new Refusal(500, "Unknown internal error.", $"VIOSE0100002A-0000 The disk {gone.Name} is in use.");
            _ = pool.Disks.Remove(gone);
        }
        foreach (var (fresh, capacity) in sent.Where(s => !pool.Disks.Exists(disk => disk.Name == s.Name)))
        {
            if (capacity > pool.Free)
                throw new Refusal(500, "Unknown internal error.", $"VIOSE01000114-0019 There is not enough space in {pool.Name}.");
            pool.Disks.Add(new SimDisk(fresh, $"27{Guid.NewGuid():N}{Guid.NewGuid():N}", capacity));
        }
        pool.Version++;
        estate.Events.Tell("MODIFY_URI", vios is null ? $"/rest/api/uom/SharedStoragePool/{pool.Uuid:D}" : $"/rest/api/uom/VirtualIOServer/{vios.Key}/VolumeGroup/{pool.Uuid:D}", "");
    }

    /// <summary>The same for what a VIOS serves.</summary>
    public void Serve(SimPartition vios, XElement body)
    {
        var sent = At(body, "VirtualSCSIMappings")?.Elements().Where(e => e.Name.LocalName == "VirtualSCSIMapping").Select(Mapped).ToList() ?? throw Invalid("VirtualSCSIMappings");
        _ = vios.Mappings.RemoveAll(known => !sent.Contains((known.Partition, known.Disk.Name)));
        foreach (var (partition, name) in sent.Where(s => !vios.Mappings.Exists(known => (known.Partition, known.Disk.Name) == s)))
        {
            var guest = estate.Partitions.GetValueOrDefault(partition) ?? throw new Refusal(500, "Unknown internal error.", "HSCL8012 The partition was not found.");
            var disk = vios.VolumeGroups.SelectMany(group => group.Disks).Concat(estate.SharedPools.SelectMany(pool => pool.Disks)).FirstOrDefault(disk => disk.Name == name)
                ?? throw new Refusal(500, "Unknown internal error.", $"VIOSE01000098 The disk {name} does not exist.");
            var number = vios.Mappings.Count == 0 ? 0 : vios.Mappings.Max(m => m.ServerSlot) - 9;
            vios.Mappings.Add(new SimMapping(partition, guest.Id, 4 + vios.Id, 10 + number, $"vhost{number}", $"vtscsi{number}", disk));
            // Whoever has a disk can start from it here.
            guest.HasOs = true;
        }
        estate.Changed(vios, "ViosSCSIMapping");
    }

    public static void ChangeProfile(SimPartition p, XElement body) => p.ProfileMemory = Whole(body, "ProfileMemory/DesiredMemory") ?? p.ProfileMemory;

    private static (Guid Partition, string Disk) Mapped(XElement mapping) =>
        (Guid.Parse(At(mapping, "AssociatedLogicalPartition")!.Attribute("href")!.Value.Split('/')[^1]), Text(mapping, "Storage/VirtualDisk/DiskName") ?? Text(mapping, "Storage/LogicalUnit/UnitName") ?? throw Invalid("Storage"));

    private static (int, decimal, long) Sizes(SimPartition p) => (p.Processors, p.Units, p.Memory);

    private static SimPartition Sized(SimPartition p, XElement body)
    {
        var like = new SimPartition { Uuid = p.Uuid, Profile = p.Profile, Id = p.Id, Name = p.Name, Type = p.Type, System = p.System, Processors = p.Processors, Units = p.Units, Memory = p.Memory };
        Size(like, body);
        return like;
    }

    private static void Size(SimPartition p, XElement body)
    {
        const string memory = "PartitionMemoryConfiguration/", shared = "PartitionProcessorConfiguration/SharedProcessorConfiguration/", own = "PartitionProcessorConfiguration/DedicatedProcessorConfiguration/";
        (p.Memory, p.MinMemory, p.MaxMemory) = (Whole(body, memory + "DesiredMemory") ?? p.Memory, Whole(body, memory + "MinimumMemory") ?? p.MinMemory, Whole(body, memory + "MaximumMemory") ?? p.MaxMemory);
        p.Dedicated = Text(body, "PartitionProcessorConfiguration/HasDedicatedProcessors") == "true";
        p.Sharing = Text(body, "PartitionProcessorConfiguration/SharingMode") ?? p.Sharing;
        var counts = p.Dedicated ? own : shared;
        var what = p.Dedicated ? "Processors" : "VirtualProcessors";
        p.Processors = (int)(Whole(body, counts + "Desired" + what) ?? p.Processors);
        p.MinProcessors = (int)(Whole(body, counts + "Minimum" + what) ?? p.MinProcessors);
        p.MaxProcessors = (int)(Whole(body, counts + "Maximum" + what) ?? p.MaxProcessors);
        (p.Units, p.MinUnits, p.MaxUnits) = (Number(body, shared + "DesiredProcessingUnits") ?? p.Units, Number(body, shared + "MinimumProcessingUnits") ?? p.MinUnits, Number(body, shared + "MaximumProcessingUnits") ?? p.MaxUnits);
        p.Weight = (int)(Whole(body, shared + "UncappedWeight") ?? p.Weight);
    }

    private static XElement? At(XElement? element, string path)
    {
        foreach (var name in path.Split('/'))
            element = element?.Elements().FirstOrDefault(e => e.Name.LocalName == name);
        return element;
    }

    private static string? Text(XElement element, string path) => At(element, path)?.Value.Trim() is { Length: > 0 } text ? text : null;

    private static decimal? Number(XElement element, string path) => decimal.TryParse(Text(element, path), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static long? Whole(XElement element, string path) => (long?)Number(element, path);

    private static Refusal Invalid(string name) => new(400, "The request is not valid.", $"REST0001 The element {name} is not valid.");
}
