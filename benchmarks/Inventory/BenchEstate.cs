using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Core.Inventory;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Microsoft.Extensions.Logging.Abstractions;

namespace Anyvisor.Benchmarks.Inventory;

/// <summary>
/// An estate as a large site has it: ten providers, a hundred guests a host, every name, UUID, hardware address, address
/// and disk path different.
/// </summary>
internal static class BenchEstate
{
    internal const int Providers = 10;
    private static readonly DateTime Epoch = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly string[] Roles = ["web", "db", "app", "cache", "mail", "build", "erp", "test"];
    private static readonly OperatingSystemInfo[] Systems =
    [
        new() { Family = OsFamily.Linux, Distribution = "debian", Version = "12" },
        new() { Family = OsFamily.Linux, Distribution = "rhel", Version = "9.4" },
        new() { Family = OsFamily.Windows, Distribution = "windows", Version = "2022" },
        new() { Family = OsFamily.Aix, Distribution = "aix", Version = "7.3" },
        new() { Family = OsFamily.Ibmi, Distribution = "ibmi", Version = "7.5" },
    ];
    private static readonly ImmutableDictionary<string, string>[] Tags =
    [
        .. from env in new[] { "prod", "test", "dev" }
        from team in Enumerable.Range(0, 20)
        select ImmutableDictionary<string, string>.Empty.Add("env", env).Add("team", string.Create(CultureInfo.InvariantCulture, $"team{team}")),
    ];

    internal static string ProviderOf(int number) => string.Create(CultureInfo.InvariantCulture, $"provider{number % Providers}");

    internal static NativeId NativeOf(int number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, Scatter((ulong)number));
        BitConverter.TryWriteBytes(bytes[8..], Scatter((ulong)number + (1UL << 40)));
        return new NativeId(new Guid(bytes));
    }

    internal static Guest Guest(int number, DateTime? observedAt = null)
    {
        var random = Scatter((ulong)number + (2UL << 40));
        var provider = ProviderOf(number);
        var native = NativeOf(number);
        var name = string.Create(CultureInfo.InvariantCulture, $"{Roles[random % 8]}-{number:d7}");
        return new Guest
        {
            Id = ObjectId.Derive(ObjectKind.Guest, provider, native),
            NativeId = native,
            Name = name,
            Provider = provider,
            Host = string.Create(CultureInfo.InvariantCulture, $"host{number / 100:d5}.example.org"),
            Cluster = string.Create(CultureInfo.InvariantCulture, $"cluster{number / 3200:d3}"),
            Power = (random >> 8 & 15) < 11 ? PowerState.On : PowerState.Off,
            Raw = (random >> 8 & 15) < 11 ? "running" : "shut off",
            ObservedAt = observedAt ?? Epoch,
            Arch = (Architecture)(1 + (random >> 12) % 8),
            Os = Systems[(random >> 16) % 5],
            Firmware = Firmware.Uefi,
            Virtualization = Virtualization.Full,
            Hypervisor = "QEMU",
            Vcpus = 1 << (int)(random >> 20 & 3),
            Memory = 1L << 30 << (int)(random >> 24 & 5),
            Disks =
            [
                new Disk { Name = "vda", Bus = "virtio", Format = "qcow2", Capacity = 20L << 30, Source = $"/var/lib/libvirt/images/{name}.qcow2", Datastore = "default" },
            ],
            Nics =
            [
                new Nic
                {
                    Mac = new MacAddress(0x525400000000UL + (ulong)number),
                    Network = "default",
                    Model = "virtio",
                    Addresses = [string.Create(CultureInfo.InvariantCulture, $"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")],
                },
            ],
            Tags = Tags[(random >> 32) % (ulong)Tags.Length],
            CreatedAt = Epoch.AddMinutes(-(int)(random >> 40 & 0xfffff)),
        };
    }

    internal static EstateInventory NewInventory() => new(new InventoryOptions(), TimeProvider.System, NullLogger<EstateInventory>.Instance);

    /// <summary>Lists all guests of each provider, as their connections would.</summary>
    internal static void Fill(EstateInventory inventory, int guests)
    {
        for (var provider = 0; provider < Providers; provider++)
        {
            var name = ProviderOf(provider);
            inventory.Apply(name, [new SnapshotBegin([ObjectKind.Guest])]);
            for (var number = provider; number < guests; number += 1000 * Providers)
                inventory.Apply(name, [.. Enumerable.Range(0, 1000).Select(i => number + i * Providers).Where(n => n < guests).Select(n => new Seen(Guest(n)))]);
            inventory.Apply(name, [new SnapshotComplete()]);
        }
    }

    internal static GuestStateSeen Change(int number, int round) =>
        new(
            NativeOf(number),
            round % 2 == 0 ? PowerState.Off : PowerState.On,
            Transition.None,
            round % 2 == 0 ? "shut off" : "running",
            ObservationSource.Event,
            Epoch.AddSeconds(round)
        );

    private static ulong Scatter(ulong value)
    {
        value += 0x9E3779B97F4A7C15UL;
        value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ value >> 27) * 0x94D049BB133111EBUL;
        return value ^ value >> 31;
    }
}
