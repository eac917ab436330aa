using Anyvisor.Drivers.SolarisZones.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.SolarisZones.Inventory;

/// <summary>Makes the inventory's objects of what a global zone says.</summary>
internal sealed class ObjectFactory(string provider, HostFacts host, TimeProvider time)
{
    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>
    /// A zone's durable identity: the UUID that it gets when it is installed. One that never was installed has its name
    /// alone.
    /// </summary>
    public static NativeId Identity(ZoneLine zone) => zone.Uuid is { } uuid && uuid != Guid.Empty ? new NativeId(uuid) : new NativeId("zone:" + zone.Name);

    public static ZoneState State(ZoneLine zone) => Mapping.State(zone.State, zone.Auxiliary.AsSpan());

    public Guest Guest(ZoneLine zone, ZoneShape shape)
    {
        var (id, state, brand) = (Identity(zone), State(zone), Mapping.BrandOf(zone.Brand));
        return new Guest
        {
            Id = ObjectId.Derive(ObjectKind.Guest, provider, id),
            NativeId = id,
            Name = shape.Title,
            Provider = provider,
            Host = host.Name,
            Kind = GuestKind.Zone,
            Power = state.Power,
            Transition = state.Transition,
            Lifecycle = state.Lifecycle,
            Raw = state.Raw,
            Source = ObservationSource.Poll,
            ObservedAt = Now,
            Arch = host.Arch,
            Os = OsOf(zone.Brand, brand),
            Firmware = brand.Virtualization == Virtualization.OsLevel ? Firmware.None : Firmware.Unknown,
            Virtualization = brand.Virtualization,
            Hypervisor = brand.Virtualization == Virtualization.Full ? zone.Brand : "Solaris Zones",
            Vcpus = shape.Vcpus,
            Entitlement = shape.Entitlement,
            Memory = shape.Memory,
            Disks = shape.Disks,
            Nics = shape.Nics,
            Images = shape.Images,
            Tags = shape.Tags,
            Description = shape.Description,
            CreatedAt = shape.CreatedAt,
        };
    }

    public Host Host(Surroundings around) => new()
    {
        Id = ObjectId.Derive(ObjectKind.Host, provider, new NativeId(host.NativeId)),
        NativeId = new NativeId(host.NativeId),
        Name = host.Name,
        Provider = provider,
        State = HostState.Up,
        Hypervisor = new Hypervisor("Solaris Zones", host.Flavor == Flavor.Solaris10 ? "10 " + host.Version : host.Version),
        Arch = host.Arch,
        GuestArchitectures = host.Arch == Architecture.Unknown ? [] : [host.Arch],
        HardwareAcceleration = true,
        Vendor = host.Flavor is Flavor.Solaris10 or Flavor.Solaris11 ? "Oracle" : null,
        Model = host.Model,
        CpuModel = host.CpuModel,
        Sockets = host.Sockets,
        Cores = host.Cores,
        Cpus = host.Cpus,
        Memory = host.Memory,
        FreeMemory = around.FreeMemory,
        ObservedAt = Now,
    };

    public Datastore Datastore(Pool pool)
    {
        var id = new NativeId($"{host.NativeId}/{pool.Name}");
        return new Datastore
        {
            Id = ObjectId.Derive(ObjectKind.Datastore, provider, id),
            NativeId = id,
            Name = pool.Name,
            Provider = provider,
            Host = host.Name,
            Type = "zpool",
            State = pool.Health,
            Active = pool.Health is "ONLINE" or "DEGRADED",
            Capacity = pool.Used + pool.Available,
            Available = pool.Available,
            Location = pool.MountPoint,
            ObservedAt = Now,
        };
    }

    public Network Network(Link link)
    {
        var id = new NativeId($"{host.NativeId}/{link.Name}");
        return new Network
        {
            Id = ObjectId.Derive(ObjectKind.Network, provider, id),
            NativeId = id,
            Name = link.Name,
            Provider = provider,
            Host = host.Name,
            Active = link.Up,
            Type = link.Class,
            Bridge = link.Over,
            ObservedAt = Now,
        };
    }

    public Image Image(VmImage image)
    {
        var id = new NativeId(image.Uuid);
        return new Image
        {
            Id = ObjectId.Derive(ObjectKind.Image, provider, id),
            NativeId = id,
            Name = image.Version.Length > 0 ? $"{image.Name}@{image.Version}" : image.Name,
            Provider = provider,
            Arch = host.Arch,
            Os = new OperatingSystemInfo
            {
                Family = image.Os switch
                {
                    "smartos" or "illumos" => OsFamily.Illumos,
                    "linux" => OsFamily.Linux,
                    "windows" => OsFamily.Windows,
                    "bsd" => OsFamily.Bsd,
                    "other" => OsFamily.Other,
                    _ => OsFamily.Unknown,
                },
            },
            Format = image.Type,
            Size = image.Size,
            ObservedAt = Now,
        };
    }

    /// <summary>
    /// Those of the zones' own datasets, oldest first. ZFS has one line of them, and goes on from the last: after a revert
    /// the later ones are gone.
    /// </summary>
    /// <param name="around">All snapshots of the host.</param>
    /// <param name="guests">By the path of their zones.</param>
    public IEnumerable<Snapshot> Snapshots(Surroundings around, IReadOnlyDictionary<string, Guest> guests)
    {
        if (around.Snapshots.IsEmpty)
            return [];
        var owners = new Dictionary<string, Guest>(StringComparer.Ordinal);
        foreach (var (path, guest) in guests)
            if (around.Datasets.TryGetValue(path, out var dataset))
                owners[dataset] = guest;
        return around.Snapshots.Where(s => owners.ContainsKey(s.Dataset)).GroupBy(s => s.Dataset, StringComparer.Ordinal).SelectMany(group => Line(owners[group.Key], group));
    }

    private IEnumerable<Snapshot> Line(Guest guest, IEnumerable<ZfsSnapshot> snapshots)
    {
        // Several may be of the same second: zfs shows them in the order in which they were taken.
        var line = snapshots.Select((s, at) => (Snapshot: s, At: at)).OrderBy(s => s.Snapshot.CreatedAt).ThenBy(s => s.At).Select(s => s.Snapshot).ToList();
        for (var i = 0; i < line.Count; i++)
        {
            var id = SnapshotIdentity(guest.NativeId, line[i].Name);
            yield return new Snapshot
            {
                Id = ObjectId.Derive(ObjectKind.Snapshot, provider, id),
                NativeId = id,
                Name = line[i].Name,
                Provider = provider,
                Guest = guest.Id,
                Parent = i > 0 ? line[i - 1].Name : null,
                Current = i == line.Count - 1,
                Consistency = SnapshotConsistency.Crash,
                Power = PowerState.Unknown,
                Description = line[i].Description,
                CreatedAt = line[i].CreatedAt,
                ObservedAt = Now,
            };
        }
    }

    public static NativeId SnapshotIdentity(NativeId guest, string name) => new($"{guest}@{name}");

    private OperatingSystemInfo OsOf(string word, Brand brand)
    {
        var family = word is "native" && host.IsIllumos ? OsFamily.Illumos : brand.Os;
        return new OperatingSystemInfo
        {
            Family = family,
            Distribution = brand.Distribution ?? (word is "native" && !host.IsIllumos ? "solaris" : word is "ipkg" or "lipkg" or "sparse" or "pkgsrc" && host.Flavor == Flavor.OmniOs ? "omnios" : null),
            Version = word switch
            {
                "solaris10" => "10",
                "solaris9" => "9",
                "solaris8" => "8",
                "native" when host.Flavor == Flavor.Solaris10 => "10",
                // A zone of these brands runs what its global zone runs.
                "solaris" or "sparse" or "lipkg" => host.Version,
                _ => null,
            },
        };
    }
}
