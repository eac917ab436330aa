using Anyvisor.Drivers.SolarisZones.Inventory;
using Anyvisor.Drivers.SolarisZones.Migrating;
using Anyvisor.Drivers.SolarisZones.Wire;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.SolarisZones.Tests.Words;

public sealed class MigrationConcernTests
{
    private static readonly HostFacts Here = new() { Name = "here", NativeId = "1", Flavor = Flavor.Solaris11, Release = "Oracle Solaris 11.4", Version = "11.4.48.123.0", Arch = Architecture.Sparcv9 };

    private static readonly ZoneLine Zone = new("web", "installed", "/system/zones/web", Guid.NewGuid(), "solaris", "excl", []);

    [Fact]
    public void Two_that_are_alike_raise_none() => Assert.Empty(Of(Here with { Name = "there" }));

    [Theory]
    [InlineData("11.4.48.123.0", "11.4.57.144.3", ConcernSeverity.Warning)]
    [InlineData("11.4.48.123.0", "11.4.9.5.3", ConcernSeverity.Critical)]
    [InlineData("omnios-r151046-f83c4ce2c8", "omnios-r151038-0a1b2c3d4e", ConcernSeverity.Critical)]
    [InlineData("omnios-r151046-f83c4ce2c8", "omnios-r151054-0a1b2c3d4e", ConcernSeverity.Warning)]
    public void Another_release_is_one_and_an_older_a_critical_one(string from, string to, ConcernSeverity severity)
    {
        var found = Assert.Single(MigrationConcerns.Of(Here with { Version = from }, Here with { Name = "there", Version = to }, Zone, ZoneConfig.Empty, new Surroundings(), 1, 2));
        Assert.Equal(("zones.release", severity), (found.Id, found.Severity));
    }

    [Fact]
    public void Another_architecture_and_another_system_are_critical()
    {
        var found = Of(Here with { Arch = Architecture.X86_64, Flavor = Flavor.OmniOs, Version = "omnios-r151046" });
        Assert.Equal(["zones.architecture", "zones.brand"], found.Select(c => c.Id));
        Assert.All(found, c => Assert.Equal(ConcernSeverity.Critical, c.Severity));
    }

    [Fact]
    public void Too_little_room_is_critical_and_unknown_room_is_told()
    {
        Assert.Equal(ConcernSeverity.Critical, Assert.Single(Of(Here, used: 3L << 30, available: 2L << 30)).Severity);
        Assert.Equal(ConcernSeverity.Information, Assert.Single(Of(Here, used: null)).Severity);
    }

    [Theory]
    [InlineData("add anet\nset lower-link=net7\nend", "zones.network")]
    [InlineData("add net\nset physical=z1\nset global-nic=net7\nend", "zones.network")]
    [InlineData("add dataset\nset name=tank/data\nend", "zones.left")]
    [InlineData("add fs\nset dir=/data\nset special=/export/data\nset type=lofs\nend", "zones.left")]
    [InlineData("add anet\nset lower-link=auto\nend", null)]
    [InlineData("add net\nset physical=net0\nend", null)]
    public void What_the_other_side_lacks_is_named(string resource, string? concern)
    {
        var found = Of(Here with { Name = "there" }, config: "create -b\nset brand=solaris\n" + resource);
        Assert.Equal(concern, found.Length == 0 ? null : Assert.Single(found).Id);
    }

    private static Concern[] Of(HostFacts to, string config = "create -b", long? used = 1 << 20, long? available = 1 << 30) =>
        [.. MigrationConcerns.Of(Here, to, Zone, ZoneConfig.Parse(config), new Surroundings { Links = [new Link("net0", "phys", true, null)] }, used, available)];
}
