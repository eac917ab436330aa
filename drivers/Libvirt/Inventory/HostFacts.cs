using System.Collections.Immutable;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Inventory;

/// <summary>Whether guests can run on the host's processor, and how we know.</summary>
/// <param name="Kvm">Take domain type kvm for guests of the host's own architecture.</param>
/// <param name="WhyNot">Why guests are emulated although this host's libvirt offers KVM; null when there is nothing to say.</param>
internal sealed record Acceleration(bool Kvm, string? WhyNot);

/// <summary>What was found out about the one host at the other end when we connected. Does not change while connected.</summary>
internal sealed record HostFacts
{
    public required string Hostname { get; init; }

    /// <summary>The connection's URI as the daemon itself gives it, for a peer that is to connect to it.</summary>
    public required string Uri { get; init; }
    public required HypervisorTraits Traits { get; init; }
    public required Capabilities Capabilities { get; init; }
    public required string LibvirtVersion { get; init; }
    public string? HypervisorVersion { get; init; }
    public required Acceleration Acceleration { get; init; }
    public string? Vendor { get; init; }
    public string? Model { get; init; }
    public string CpuModel { get; init; } = "";
    public int Sockets { get; init; }
    public int Cores { get; init; }
    public int Cpus { get; init; }

    /// <summary>Bytes.</summary>
    public long Memory { get; init; }

    public Architecture Arch => Mapping.Arch(Capabilities.ArchName ?? CpuModel);

    public Host ToHost(string provider, long? freeMemory, DateTime now)
    {
        var native = new NativeId(Capabilities.HostUuid is { } uuid ? uuid.ToString("D") : Hostname);
        return new Host
        {
            Id = ObjectId.Derive(ObjectKind.Host, provider, native),
            NativeId = native,
            Name = Hostname,
            Provider = provider,
            State = HostState.Up,
            Hypervisor = new Hypervisor(Traits.Name, HypervisorVersion),
            Arch = Arch,
            GuestArchitectures = GuestArchitectures(),
            HardwareAcceleration = Traits.Type == "QEMU" ? Acceleration.Kvm : null,
            Vendor = Vendor ?? Capabilities.Vendor,
            Model = Model,
            CpuModel = Capabilities.CpuModel ?? CpuModel,
            Sockets = Sockets,
            Cores = Cores,
            Cpus = Cpus,
            Memory = Memory,
            FreeMemory = freeMemory,
            Numa = Capabilities.Numa,
            ObservedAt = now,
            Concerns = Acceleration.WhyNot is { } why
                ? [new Concern("libvirt.emulated", ConcernSeverity.Warning, "Guests are emulated", why, "Enable virtualization in the host's firmware, or set accel=kvm on the provider if you know that it works.")]
                : [],
        };
    }

    // The host's own first; an architecture that we have no word for is left out.
    private ImmutableArray<Architecture> GuestArchitectures() =>
        [
            .. Capabilities
                .Guests.Select(g => Mapping.Arch(g.ArchName))
                .Where(a => a != Architecture.Unknown)
                .Distinct()
                .OrderByDescending(a => a == Arch)
                .ThenBy(a => a),
        ];
}
