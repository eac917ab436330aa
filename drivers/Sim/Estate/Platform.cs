using System.Collections.Immutable;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim.Estate;

/// <summary>
/// What its hypervisor can be seen to run: all of a guest that comes in kinds, shared by every guest of it. The prefix
/// is what people put before such a guest's name.
/// </summary>
internal sealed record Shape(
    string Prefix,
    Architecture Arch,
    Virtualization Virtualization,
    Firmware Firmware,
    OperatingSystemInfo Os
)
{
    /// <summary>The name of the image that such guests are made from.</summary>
    public ImmutableArray<string> Images { get; } =
        Os.Distribution is null ? [] : [$"{Os.Distribution}-{Os.Version}-{Arch.ToString().ToLowerInvariant()}"];
}

/// <summary>One hypervisor of the simulated estate.</summary>
internal sealed record Platform
{
    public required string Word { get; init; }
    public required Hypervisor Hypervisor { get; init; }
    public GuestKind Kind { get; init; }
    public required Architecture HostArch { get; init; }
    public required string Vendor { get; init; }
    public required string Model { get; init; }
    public required string CpuModel { get; init; }

    /// <summary>The first three bytes of its nics' addresses.</summary>
    public uint Oui { get; init; }
    public required string NicModel { get; init; }
    public required string DiskBus { get; init; }
    public required string DiskFormat { get; init; }
    public required string DatastoreType { get; init; }

    /// <summary>Names of the platform's own guests, the first of each host.</summary>
    public string[] ServiceGuests { get; init; } = [];

    /// <summary>Whether it promises processing in units.</summary>
    public bool Entitles { get; init; }

    /// <summary>Names are userids: at most eight capitals.</summary>
    public bool Userids { get; init; }

    /// <summary>Its own words for a guest's power, in the order of <see cref="PowerState"/>; null where it has no such state.</summary>
    public required string?[] Words { get; init; }
    public required Shape[] Shapes { get; init; }

    /// <summary>The lifecycle that a few of its guests have besides provisioned.</summary>
    public Lifecycle OddLifecycle { get; init; } = Lifecycle.Template;

    public bool Has(PowerState power) => Words[(int)power] is not null;

    public string Raw(PowerState power) => Words[(int)power] ?? Words[(int)PowerState.Unknown]!;
}
