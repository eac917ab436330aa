using Anyvisor.Drivers.Conformance;
using Xunit;

namespace Anyvisor.Drivers.SolarisZones.Tests.Conformance;

public sealed class WorksTests(Solaris11Bed eleven, Solaris10Bed ten, OmniOsBed omnios, SmartOsBed smartos, RadBed rad)
    : IClassFixture<Solaris11Bed>, IClassFixture<Solaris10Bed>, IClassFixture<OmniOsBed>, IClassFixture<SmartOsBed>, IClassFixture<RadBed>
{
    [Fact]
    public async Task The_README_says_what_works()
    {
        Assert.SkipWhen(eleven.Absent is not null, eleven.Absent ?? "");
        await new WorksTable().Add("Solaris 11", eleven).Add("Solaris 10", ten).Add("OmniOS", omnios).Add("SmartOS", smartos).Add("RAD", rad)
            .CheckAsync("drivers/SolarisZones/README.md", TestContext.Current.CancellationToken);
    }
}
