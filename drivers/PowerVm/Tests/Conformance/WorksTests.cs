using Anyvisor.Driver;
using Anyvisor.Drivers.Conformance;
using Xunit;

namespace Anyvisor.Drivers.PowerVm.Tests.Conformance;

/// <summary>The simulated console has no terminals: its line switches them off, and a real one's does not.</summary>
public sealed class WholeBed : PowerVmBed
{
    public override ProviderAddress Address => base.Address with { Settings = base.Address.Settings.SetItem("console", "ssh") };
}

public sealed class WorksTests(WholeBed bed) : IClassFixture<WholeBed>
{
    [Fact]
    public Task The_README_says_what_works() => new WorksTable().Add("HMC, NovaLink", bed).CheckAsync("drivers/PowerVm/README.md", TestContext.Current.CancellationToken);
}
