using System.Collections.Immutable;
using Anyvisor.Drivers.Libvirt.Inventory;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Inventory;

public sealed class GuestFactoryTests
{
    private const string Xml = """
        <domain type='qemu'><name>web1</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>
          <memory unit='MiB'>256</memory><vcpu>1</vcpu><os><type arch='x86_64'>hvm</type></os>
          <devices><interface type='network'><mac address='52:54:00:aa:bb:01'/><source network='default'/></interface></devices>
        </domain>
        """;

    private static readonly DateTime Now = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    // virDomainState: 1 running, 3 paused, 5 shut off, 6 crashed.
    [Theory]
    [InlineData(1, true)]
    [InlineData(3, true)]
    [InlineData(5, false)]
    [InlineData(6, false)]
    public void A_lease_that_outlives_its_guest_is_not_shown_with_it(int state, bool shown)
    {
        Assert.True(MacAddress.TryParse("52:54:00:aa:bb:01", out var mac));
        var surroundings = new GuestSurroundings { Addresses = ImmutableDictionary<MacAddress, ImmutableArray<string>>.Empty.Add(mac, ["192.168.122.7"]) };

        var guest = Make(state, surroundings);

        Assert.Equal(shown ? ["192.168.122.7"] : [], guest.Addresses);
        Assert.Equal(mac, Assert.Single(guest.Nics).Mac);
    }

    private static Guest Make(int state, GuestSurroundings surroundings)
    {
        var host = new HostFacts
        {
            Hostname = "kvm1",
            Uri = "qemu:///system",
            Traits = HypervisorTraits.Of("QEMU"),
            Capabilities = new Capabilities(),
            LibvirtVersion = "9.0.0",
            Acceleration = new Acceleration(false, null),
        };
        var look = new GuestLook(new DomainRef("web1", Guid.Parse("6695eb01-f6a4-8304-79aa-97f2502e193f"), 1), state, 0, false, true, ObservationSource.Event, Now);
        return new GuestFactory("lab", host).Make(look, DomainReader.Read(Xml, "web1"), surroundings, VolumeIndex.Empty);
    }
}
