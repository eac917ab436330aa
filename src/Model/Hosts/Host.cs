using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Anyvisor.Model.Json;

namespace Anyvisor.Model;

[JsonConverter(typeof(KebabCaseEnumConverter<HostState>))]
public enum HostState : byte
{
    Unknown,
    Up,
    Down,
    Maintenance,
}

/// <summary>The software layer that runs guests on a host.</summary>
public sealed record Hypervisor(string Name, string? Version);

/// <summary>A group of processors with memory of its own.</summary>
/// <param name="Cell">The system's number of it.</param>
/// <param name="Memory">Bytes.</param>
/// <param name="Cpus">How many logical processors it has.</param>
public sealed record NumaCell(int Cell, long Memory, int Cpus);

/// <summary>A machine that runs guests.</summary>
public sealed record Host : IInventoryObject
{
    static ObjectKind IInventoryObject.Kind => ObjectKind.Host;

    public required ObjectId Id { get; init; }
    public required NativeId NativeId { get; init; }
    public required string Name { get; init; }
    public required string Provider { get; init; }
    public string? Cluster { get; init; }
    public HostState State { get; init; }
    public Presence Presence { get; init; }
    public DateTime? PresenceSince { get; init; }
    public Hypervisor? Hypervisor { get; init; }
    public Architecture Arch { get; init; }

    /// <summary>Architectures of guests that it can start, its own first; the others under emulation.</summary>
    public ImmutableArray<Architecture> GuestArchitectures { get; init; } = [];

    /// <summary>Whether guests run on the processor itself: false says that everything is emulated.</summary>
    public bool? HardwareAcceleration { get; init; }

    public string? Vendor { get; init; }
    public string? Model { get; init; }
    public string? CpuModel { get; init; }
    public int Sockets { get; init; }
    public int Cores { get; init; }

    /// <summary>Logical processors.</summary>
    public int Cpus { get; init; }

    /// <summary>Bytes of memory fitted.</summary>
    public long Memory { get; init; }

    /// <summary>Bytes of memory free now, where the system says.</summary>
    public long? FreeMemory { get; init; }
    public ImmutableArray<NumaCell> Numa { get; init; } = [];
    public DateTime ObservedAt { get; init; }
    public ImmutableArray<Concern> Concerns { get; init; } = [];
}
