using System.Collections.Immutable;
using System.Text.Json;
using Anyvisor.Drivers.Zvm.Systems;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Zvm.Watching;

/// <summary>Facts as objects of the inventory. Pure.</summary>
internal sealed class ObjectFactory(string provider, Site site, Func<string, bool> isPaused)
{
    private const string Hypervisor = "z/VM";

    internal static NativeId HostId(string system) => new("system:" + system);

    internal static NativeId ImageId(string image) => new("image:" + image);

    internal static NativeId NetworkId(string system, string network) => new($"vswitch:{system}:{network}");

    internal Guest Guest(KnownUser user)
    {
        var native = UserId.Native(user.UserId);
        var (power, transition) = PowerWord.Meaning(user.Word);
        var source = user.Source;
        if (power == PowerState.On && isPaused(user.UserId))
            (power, source) = (PowerState.Paused, ObservationSource.Inferred);
        // Not here is not nowhere: it may run on a member that we have no line to.
        var elsewhere = power == PowerState.Off && !site.Unseen.IsEmpty;
        return new Guest
        {
            Id = ObjectId.Derive(ObjectKind.Guest, provider, native),
            NativeId = native,
            Name = user.UserId,
            Provider = provider,
            Host = user.RunsOn ?? user.ManagedBy ?? (site.Cluster is null ? site.First.Name : null),
            Cluster = site.Cluster?.Name,
            Kind = GuestKind.Vm,
            Service = ServiceUsers.Has(user.UserId) || !user.Entry.CanLogOn || site.Members.Any(member => member.Facts.ServiceUser == user.UserId),
            Power = elsewhere ? PowerState.Unknown : power,
            Transition = transition,
            Lifecycle = user.Entry.CanLogOn ? Lifecycle.Provisioned : Lifecycle.Defined,
            Raw = user.Word,
            Source = source,
            ObservedAt = user.ObservedAt,
            Arch = Architecture.S390x,
            Os = Os(user.Inside),
            Firmware = Firmware.Ipl,
            Virtualization = Virtualization.Full,
            Hypervisor = Hypervisor,
            Vcpus = user.RunsOn is null ? user.Entry.Vcpus : user.Running.Cpus ?? user.Entry.Vcpus,
            Entitlement = user.Entry.Entitlement,
            Memory = (user.RunsOn is null ? null : user.Running.Memory) ?? user.Entry.Memory ?? 0,
            Disks = user.Entry.Disks,
            Nics = Nics(user),
            Concerns = elsewhere ? [Unseen()] : [],
        };
    }

    internal static ReadOnlyMemory<byte> Native(KnownUser user)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteStartArray("userDirectory");
            foreach (var line in user.Entry.Lines)
                json.WriteStringValue(line);
            json.WriteEndArray();
            if (user.Entry.MaxMemory is { } memory)
                json.WriteNumber("maxMemory", memory);
            if (user.Entry.MaxVcpus is { } cpus)
                json.WriteNumber("maxVcpus", cpus);
            json.WriteBoolean("managed", user.ManagedBy is not null);
            if (user.Inside?.Kernel is { } kernel)
                json.WriteString("kernel", kernel);
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    internal Host Host(Member member, DateTime now) =>
        new()
        {
            Id = ObjectId.Derive(ObjectKind.Host, provider, HostId(member.Name)),
            NativeId = HostId(member.Name),
            Name = member.Name,
            Provider = provider,
            Cluster = site.Cluster?.Name,
            State = HostState.Up,
            Hypervisor = new Hypervisor(Hypervisor, member.Facts.Version),
            Arch = Architecture.S390x,
            GuestArchitectures = [Architecture.S390x],
            HardwareAcceleration = true,
            Vendor = "IBM",
            Model = member.Facts.Model,
            Cores = member.Facts.Cpus,
            Cpus = member.Facts.Cpus,
            Memory = member.Facts.Memory,
            FreeMemory = member.Facts.FreeMemory,
            ObservedAt = now,
            Concerns = site.Unseen.IsEmpty ? [] : [Unseen()],
        };

    /// <summary>A member of the cluster that we have no line to.</summary>
    internal Host Host(MemberFacts member, DateTime now) =>
        new()
        {
            Id = ObjectId.Derive(ObjectKind.Host, provider, HostId(member.Name)),
            NativeId = HostId(member.Name),
            Name = member.Name,
            Provider = provider,
            Cluster = site.Cluster?.Name,
            State = member.State.Trim().ToUpperInvariant() switch { "JOINED" => HostState.Up, "DOWN" => HostState.Down, "ISOLATED" or "LEAVING" or "JOINING" or "SUSPENDED" => HostState.Maintenance, _ => HostState.Unknown },
            Hypervisor = new Hypervisor(Hypervisor, null),
            Arch = Architecture.S390x,
            GuestArchitectures = [Architecture.S390x],
            ObservedAt = now,
        };

    internal Cluster Cluster(ClusterFacts cluster, DateTime now) =>
        new()
        {
            Id = ObjectId.Derive(ObjectKind.Cluster, provider, new NativeId("ssi:" + cluster.Name)),
            NativeId = new NativeId("ssi:" + cluster.Name),
            Name = cluster.Name,
            Provider = provider,
            ObservedAt = now,
        };

    internal Network Network(Member member, NetworkFacts network, DateTime now) =>
        new()
        {
            Id = ObjectId.Derive(ObjectKind.Network, provider, NetworkId(member.Name, network.Name)),
            NativeId = NetworkId(member.Name, network.Name),
            Name = network.Name,
            Provider = provider,
            Host = member.Name,
            Active = network.Active,
            Type = network.Type ?? "vswitch",
            Bridge = network.RealDevices.IsEmpty ? null : string.Join(' ', network.RealDevices),
            Vlan = network.Vlan,
            ObservedAt = now,
        };

    internal Image Image(ImageFacts image, DateTime now) =>
        new()
        {
            Id = ObjectId.Derive(ObjectKind.Image, provider, ImageId(image.Name)),
            NativeId = ImageId(image.Name),
            Name = image.Name,
            Provider = provider,
            Arch = Architecture.S390x,
            Os = OperatingSystems.Read(image.Os),
            Firmware = Firmware.Ipl,
            Format = "raw",
            Capacity = image.Capacity,
            Size = image.Size,
            ObservedAt = now,
        };

    internal Datastore? Datastore(Member member, DateTime now) =>
        member.Facts.DiskTotal is not { } total ? null : new Datastore
        {
            Id = ObjectId.Derive(ObjectKind.Datastore, provider, new NativeId("pool:" + member.Name)),
            NativeId = new NativeId("pool:" + member.Name),
            Name = PoolName(member),
            Provider = provider,
            Host = member.Name,
            Type = "disk-pool",
            Active = true,
            Capacity = total,
            Available = member.Facts.DiskAvailable,
            ObservedAt = now,
        };

    /// <summary>The connector tells how large its own pool is, and not what it is called.</summary>
    internal static string PoolName(Member member) => member.Name + "-pool";

    private static OperatingSystemInfo Os(InsideFacts? inside) => inside is null ? OperatingSystemInfo.Unknown : OperatingSystems.Read(inside.Os);

    private static ImmutableArray<Nic> Nics(KnownUser user)
    {
        var nics = ImmutableArray.CreateBuilder<Nic>();
        foreach (var defined in user.Entry.Nics)
        {
            var live = user.Adapters.FirstOrDefault(adapter => adapter.Vdev == defined.Vdev);
            nics.Add(new Nic { Mac = live?.Mac, Network = live?.Lan is { Length: > 0 } lan ? lan : defined.Lan, Model = defined.Type?.ToLowerInvariant(), Addresses = live?.Addresses ?? [] });
        }
        foreach (var live in user.Adapters.Where(adapter => user.Entry.Nics.All(defined => defined.Vdev != adapter.Vdev)))
            nics.Add(new Nic { Mac = live.Mac, Network = live.Lan, Addresses = live.Addresses });
        return nics.ToImmutable();
    }

    private Concern Unseen() => new(
        "zvm.member-unseen",
        ConcernSeverity.Warning,
        "Cluster members without a line",
        $"{string.Join(", ", site.Unseen)} {(site.Unseen.Length == 1 ? "is" : "are")} up in the same cluster, and this provider has no line there: a user that does not run on {string.Join(", ", site.Members.Select(member => member.Name))} may run there.",
        "Give the addresses of the other members as the provider's setting members.");
}
