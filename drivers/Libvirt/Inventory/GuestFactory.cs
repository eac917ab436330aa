using System.Collections.Immutable;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Inventory;

/// <summary>Addresses of a guest's nics, and what its agent says of its operating system.</summary>
internal sealed record GuestSurroundings
{
    public static GuestSurroundings Nothing { get; } = new();
    public ImmutableDictionary<MacAddress, ImmutableArray<string>> Addresses { get; init; } = ImmutableDictionary<MacAddress, ImmutableArray<string>>.Empty;
    public OperatingSystemInfo? Os { get; init; }
}

/// <summary>One look at a guest.</summary>
internal sealed record GuestLook(DomainRef Ref, int State, int Reason, bool ManagedSave, bool Persistent, ObservationSource Source, DateTime At);

/// <summary>Makes guests of the model from what libvirt says. Pure.</summary>
internal sealed class GuestFactory(string provider, HostFacts host)
{
    /// <summary>The UUID; Xen's Domain-0 has a UUID of zeros, which is no identity.</summary>
    public static NativeId Native(DomainRef guest) => new(guest.Uuid == Guid.Empty ? guest.Name : guest.Uuid.ToString("D"));

    /// <summary>The UUID that a guest's identity stands for.</summary>
    public static Guid Uuid(NativeId guest) => Guid.TryParse(guest.ToString(), out var uuid) ? uuid : Guid.Empty;

    public ObjectId Id(DomainRef guest) => ObjectId.Derive(ObjectKind.Guest, provider, Native(guest));

    public Guest Make(GuestLook look, DomainDescription? description, GuestSurroundings surroundings, VolumeIndex volumes)
    {
        var state = Mapping.State(look.State, look.Reason, look.ManagedSave);
        var guest = new Guest
        {
            Id = Id(look.Ref),
            NativeId = Native(look.Ref),
            Name = look.Ref.Name,
            Provider = provider,
            Host = host.Hostname,
            Kind = host.Traits.Kind,
            Service = host.Traits.ServiceGuest == look.Ref.Name,
            Power = state.Power,
            Transition = state.Transition,
            Raw = state.Raw,
            Source = look.Source,
            ObservedAt = look.At,
            Hypervisor = host.Traits.Name,
        };
        if (description is null)
            return guest with { Concerns = [Unreadable] };
        return guest with
        {
            Arch = description.Arch,
            Os = surroundings.Os ?? description.Os,
            Firmware = description.Firmware,
            Virtualization = VirtualizationOf(description),
            Vcpus = description.Vcpus,
            Entitlement = description.Entitlement,
            Memory = description.Memory,
            Disks = Disks(description, volumes),
            Nics = [.. description.Nics.Select(nic => NicOf(nic, HasAddresses(state.Power) ? surroundings : GuestSurroundings.Nothing))],
            Tags = description.Marks.Tags,
            Images = description.Marks.Image is { } image ? [image] : [],
            Description = description.Description,
            CreatedAt = description.Marks.CreatedAt,
            Concerns = Concerns(look, description),
        };
    }

    public static ImmutableArray<Disk> Disks(DomainDescription description, VolumeIndex volumes) =>
        [.. description.Disks.Select(d => volumes.Find(d.Source) is { } v ? d with { Capacity = v.Capacity, Datastore = v.Datastore, Format = d.Format ?? v.Format } : d)];

    public static GuestFacts FactsOf(DomainDescription? description, bool persistent) =>
        description is null
            ? new GuestFacts { Persistent = persistent }
            : new GuestFacts
            {
                Persistent = persistent,
                HasConsole = description.HasConsole,
                HasVnc = description.Graphics.Any(g => g.Type == "vnc"),
                HasFileDisks = description.Disks.Any(d => d is { Device: "disk", ReadOnly: false, Source: not null }),
                NotSnapshotable = NotSnapshotable(description),
            };

    private static string? NotSnapshotable(DomainDescription description)
    {
        if (description.Type == "test")
            return null;
        // Within the disks' own files where they are qcow2, beside them otherwise.
        var other = description.Disks.FirstOrDefault(d => d is { Device: "disk", ReadOnly: false, Source: not null } && d.Format is not ("qcow2" or "raw"));
        return other is null ? null : $"Its disk {other.Name} is {other.Format ?? "of an unknown format"}: only qcow2 and raw files can be in snapshots.";
    }

    // A lease outlives the guest that has it; shown with a guest that is off, it would send people to somebody else.
    private static bool HasAddresses(PowerState power) => power is not (PowerState.Off or PowerState.Suspended or PowerState.Crashed);

    private static Nic NicOf(NicDescription nic, GuestSurroundings surroundings) => new()
    {
        Mac = nic.Mac,
        Network = nic.Network,
        Model = nic.Model,
        Addresses = nic.Mac is { } mac && surroundings.Addresses.TryGetValue(mac, out var addresses) ? addresses : [],
    };

    private static Virtualization VirtualizationOf(DomainDescription d) => (d.Type, d.OsType) switch
    {
        ("lxc", _) => Virtualization.OsLevel,
        ("qemu", _) => Virtualization.Emulated,
        (_, "xenpvh") => Virtualization.Pvh,
        (_, "linux" or "xen") => Virtualization.Para,
        (_, "hvm") => Virtualization.Full,
        (_, "exe") => Virtualization.OsLevel,
        _ => Virtualization.Unknown,
    };

    private static ImmutableArray<Concern> Concerns(GuestLook look, DomainDescription description)
    {
        var concerns = ImmutableArray.CreateBuilder<Concern>();
        if (Mapping.EndedByCrash(look.State, look.Reason))
            concerns.Add(new Concern("libvirt.ended-by-crash", ConcernSeverity.Warning, "Ended by a crash", "The hypervisor's process of this guest died, so the guest is off.", "Read its log on the host, and start it again."));
        if (!look.Persistent)
            concerns.Add(new Concern("libvirt.transient", ConcernSeverity.Information, "Transient", "libvirt holds no definition of this guest: when it stops, it is gone.", "Define it on the host (virsh define) to keep it."));
        if (description.RevertMark is { } task)
            concerns.Add(new Concern("libvirt.revert-unfinished", ConcernSeverity.Warning, "A revert has not finished", $"Task {task} began to revert this guest to a snapshot and has not brought it back yet."));
        if (!Mapping.State(look.State, look.Reason, false).Known)
            concerns.Add(new Concern("libvirt.unknown-state", ConcernSeverity.Information, "Unknown state", "libvirt says a state or reason that this version of Anyvisor has no word for."));
        return concerns.DrainToImmutable();
    }

    private static Concern Unreadable { get; } =
        new("libvirt.unreadable", ConcernSeverity.Warning, "Can't be described", "libvirt lists this guest and does not answer for its description.", "Look on the host whether its hypervisor process hangs.");
}
