using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Model;

namespace Anyvisor.Unit.Tests.Inventory;

/// <summary>Guests made up from a seed: few distinct values, so that filters hit and sorts tie.</summary>
internal sealed class RandomEstate(int seed)
{
    internal static readonly DateTime Epoch = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly string[] Tags = ["env", "team", "Owner"];
    private static readonly string[] Values = ["prod", "test", "Dev", ""];
    private static readonly string[] Names = ["web", "DB", "app", "x", "wëb"];
    private readonly Random _random = new(seed);

    internal Random Random => _random;

    internal Guest Next(string provider, int number) =>
        new()
        {
            Id = ObjectId.Derive(ObjectKind.Guest, provider, NativeOf(number, provider)),
            NativeId = NativeOf(number, provider),
            Name = $"{Pick(Names)}{_random.Next(40)}",
            Provider = provider,
            Host = Maybe(() => $"Host{_random.Next(8)}"),
            Cluster = Maybe(() => $"c{_random.Next(3)}"),
            Project = Maybe(() => $"p{_random.Next(3)}"),
            Kind = Word<GuestKind>(),
            Service = _random.Next(10) == 0,
            Power = Word<PowerState>(),
            Transition = Word<Transition>(),
            Lifecycle = Word<Lifecycle>(),
            Raw = Pick("running", "shut off", ""),
            Source = Word<ObservationSource>(),
            ObservedAt = Epoch.AddMinutes(_random.Next(100)),
            Arch = Word<Anyvisor.Model.Architecture>(),
            Os = _random.Next(3) == 0 ? OperatingSystemInfo.Unknown : new OperatingSystemInfo { Family = Word<OsFamily>(), Distribution = Maybe(() => Pick("debian", "RHEL")), Version = Maybe(() => "12") },
            Firmware = Word<Firmware>(),
            Virtualization = Word<Virtualization>(),
            Hypervisor = Maybe(() => Pick("QEMU", "Xen")),
            Vcpus = _random.Next(9),
            Memory = _random.Next(5) * 2L << 30,
            Entitlement = Maybe(() => new Entitlement { Units = 0.5m, Capped = true, Weight = _random.Next(200), Mode = EntitlementMode.Shared }),
            Disks = [.. Enumerable.Range(0, _random.Next(3)).Select(i => new Disk { Name = $"vd{(char)('a' + i)}", Source = Maybe(() => $"/disks/{number}-{i}"), Capacity = Maybe(() => (object)(long)_random.Next()) as long?, Datastore = Maybe(() => "default") })],
            Nics = [.. Enumerable.Range(0, _random.Next(3)).Select(_ => NextNic())],
            Tags = Tags.Where(_ => _random.Next(2) == 0).ToImmutableDictionary(t => t, _ => Pick(Values)),
            Images = _random.Next(2) == 0 ? [] : ["hello"],
            Description = Maybe(() => "a description"),
            CreatedAt = _random.Next(4) == 0 ? null : Epoch.AddDays(_random.Next(10)),
            Concerns = _random.Next(5) > 0 ? [] : [new Concern("libvirt.emulated", ConcernSeverity.Warning, "l", "a", Maybe(() => "r"))],
        };

    /// <summary>Of one provider alone, unless none is named: then the same at all of them.</summary>
    internal static NativeId NativeOf(int number, string provider = "") =>
        number % 3 == 0
            ? new NativeId(string.Create(CultureInfo.InvariantCulture, $"vm-{number}"))
            : new NativeId(string.Create(CultureInfo.InvariantCulture, $"00000000-{provider.Sum(letter => letter) % 10000:d4}-4000-8000-{number:d12}"));

    internal T Pick<T>(params ReadOnlySpan<T> from) => from[_random.Next(from.Length)];

    internal TEnum Word<TEnum>()
        where TEnum : struct, Enum => Pick<TEnum>(Enum.GetValues<TEnum>());

    private T? Maybe<T>(Func<T> make)
        where T : class => _random.Next(3) == 0 ? null : make();

    private Nic NextNic() =>
        new()
        {
            Mac = _random.Next(4) == 0 ? null : new MacAddress((ulong)_random.NextInt64(1L << 48)),
            Network = Maybe(() => "default"),
            Model = Maybe(() => "virtio"),
            Addresses = _random.Next(2) == 0 ? [] : [$"10.0.{_random.Next(3)}.{_random.Next(9)}", "fe80::1", "2001:DB8::1", "not an address"],
        };
}
