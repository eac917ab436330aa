using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim.Estate;

/// <summary>Makes a guest's record from its number and what changed since the beginning. The same numbers give the same guest.</summary>
internal sealed class GuestFactory(Layout layout)
{
    /// <summary>More than the largest estate has guests.</summary>
    public const long NumbersPerGeneration = 10_000_000;
    private const int ServiceMemoryMiB = 4096;
    private static readonly int[] MemorySizes = [512, 1024, 2048, 2048, 4096, 4096, 4096, 8192, 8192, 16384, 32768, 65536];
    private static readonly int[] CpuCounts = [1, 1, 2, 2, 2, 4, 4, 8, 16];
    private static readonly DateTime Founded = new(2018, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly Entitlement[] Entitlements =
    [
        .. from tenths in new[] { 1, 2, 5, 10, 20 }
            from capped in new[] { true, false }
            select new Entitlement { Units = tenths / 10m, Capped = capped, Weight = capped ? null : 128, Mode = EntitlementMode.Shared },
        new Entitlement { Units = 4, Mode = EntitlementMode.Dedicated },
    ];

    public GuestState Initial(int index, int generation)
    {
        var draw = new Draw(layout.Seed, Purpose.GuestState, index, generation);
        var host = layout.HostOf(index);
        var platform = layout.PlatformOf(host);
        if (layout.ServiceSlot(index) >= 0)
            return new GuestState { Host = host, MemoryMiB = ServiceMemoryMiB, Vcpus = 2, Power = PowerState.On, Lifecycle = Lifecycle.Provisioned, Flags = GuestFlags.Service };
        var lifecycle = draw.OneIn(60) ? platform.OddLifecycle : Lifecycle.Provisioned;
        var power = lifecycle == Lifecycle.Provisioned ? InitialPower(platform, draw.Below(1000)) : PowerState.Off;
        return new GuestState
        {
            Host = host,
            MemoryMiB = draw.Of(MemorySizes),
            Vcpus = (ushort)draw.Of(CpuCounts),
            Generation = (ushort)generation,
            Power = power,
            Lifecycle = lifecycle,
        };
    }

    public NativeId NativeId(int index, in GuestState state) =>
        Identity.Native(Identity.OfGuest(layout.Seed, index, state.Generation));

    public Guest Make(int index, in GuestState state, ObservationSource source, DateTime now)
    {
        var draw = new Draw(layout.Seed, Purpose.Guest, index, state.Generation);
        var platform = layout.PlatformOf(state.Host);
        var cluster = layout.ClusterOf(state.Host);
        var service = state.Flags.HasFlag(GuestFlags.Service);
        var shape = draw.Of(platform.Shapes);
        var (role, environment, team) = (draw.Below(Words.Roles.Length), draw.Below(Words.Environments.Length), draw.Below(Words.TeamCount));
        var native = NativeId(index, state);
        var odd = draw.Below(200);
        return new Guest
        {
            Id = layout.Id(ObjectKind.Guest, native),
            NativeId = native,
            Name = service ? ServiceName(platform, index, state) : Name(platform, shape, role, environment, index, state.Generation),
            Provider = layout.Provider,
            Host = layout.HostNames[state.Host],
            Cluster = layout.ClusterNames[cluster],
            Kind = platform.Kind,
            Service = service,
            Power = state.Power,
            Lifecycle = state.Lifecycle,
            Raw = platform.Raw(state.Power),
            Source = source,
            ObservedAt = now,
            Arch = service ? platform.HostArch : shape.Arch,
            Os = service ? Platforms.ServiceOs(platform) : shape.Os,
            Firmware = shape.Firmware,
            Virtualization = shape.Virtualization,
            Hypervisor = platform.Hypervisor.Name,
            Vcpus = state.Vcpus,
            Entitlement = platform.Entitles ? draw.Of(Entitlements) : null,
            Memory = (long)state.MemoryMiB << 20,
            Disks = draw.Of(layout.Disks[cluster]),
            Nics = Nics(ref draw, platform, cluster, index, state),
            Tags = service || odd < 20 ? ImmutableDictionary<string, string>.Empty : Words.Tags(role, environment, team),
            Images = service ? [] : shape.Images,
            Description = odd is >= 20 and < 30 ? Words.Descriptions[odd % Words.Descriptions.Length] : null,
            CreatedAt = Founded.AddMinutes(draw.Below(8 * 365 * 24 * 60)),
            Concerns = odd is >= 30 and < 36 ? Words.Concerns[odd % Words.Concerns.Length] : [],
        };
    }

    public static ImmutableArray<string> Addresses(int index, bool dual)
    {
        var v4 = string.Create(CultureInfo.InvariantCulture, $"10.{(index >> 16) & 0xff}.{(index >> 8) & 0xff}.{index & 0xff}");
        return dual ? [v4, string.Create(CultureInfo.InvariantCulture, $"2001:db8:0:{index >> 16:x}::{index & 0xffff:x}")] : [v4];
    }

    private static PowerState InitialPower(Platform platform, int thousandth)
    {
        var power = thousandth switch
        {
            < 780 => PowerState.On,
            < 940 => PowerState.Off,
            < 960 => PowerState.Paused,
            < 980 => PowerState.Suspended,
            < 990 => PowerState.Crashed,
            _ => PowerState.Unknown,
        };
        return platform.Has(power) ? power : PowerState.On;
    }

    private static string Name(Platform platform, Shape shape, int role, int environment, int index, int generation)
    {
        // Numbers of later generations lie beyond all first ones, so names stay unique.
        var number = index + 1 + generation * NumbersPerGeneration;
        if (platform.Userids)
            return string.Create(CultureInfo.InvariantCulture, $"{shape.Prefix}{number:X5}");
        var dash = shape.Prefix.Length == 0 ? "" : "-";
        return string.Create(CultureInfo.InvariantCulture, $"{shape.Prefix}{dash}{Words.Roles[role]}-{Words.Environments[environment]}-{number:D5}");
    }

    private string ServiceName(Platform platform, int index, in GuestState state)
    {
        var name = platform.ServiceGuests[layout.ServiceSlot(index)];
        // Every Xen host calls its own Domain-0; the servers of Power carry their system's name.
        return platform.ServiceGuests.Length == 1 ? name : $"{layout.HostNames[state.Host]}-{name}";
    }

    private ImmutableArray<Nic> Nics(ref Draw draw, Platform platform, int cluster, int index, in GuestState state)
    {
        var lit = state.Power is PowerState.On or PowerState.Paused;
        var odd = draw.Below(40);
        var networks = layout.Networks[cluster];
        var first = new Nic
        {
            Mac = new MacAddress(((ulong)platform.Oui << 24) | ((uint)index & 0xffffff)),
            Network = draw.Of(networks),
            Model = platform.NicModel,
            // Some guests have no agent: nobody knows their address.
            Addresses = lit && odd != 0 ? Addresses(index, dual: odd < 6) : [],
        };
        if (odd < 38)
            return [first];
        return [first, first with { Mac = new MacAddress((0x02UL << 40) | (uint)index), Network = networks[0], Addresses = [] }];
    }
}
