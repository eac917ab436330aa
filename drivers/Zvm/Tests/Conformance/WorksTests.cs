using Anyvisor.Drivers.Conformance;
using Xunit;

namespace Anyvisor.Drivers.Zvm.Tests.Conformance;

/// <summary>A cluster behind the management API.</summary>
public sealed class SmapiClusterBed : ZvmBed
{
    protected override string Interface => "smapi";
}

public sealed class WorksTests(FeilongBed connector, SmapiClusterBed smapi) : IClassFixture<FeilongBed>, IClassFixture<SmapiClusterBed>
{
    [Fact]
    public Task The_README_says_what_works() => new WorksTable().Add("connector", connector).Add("SMAPI", smapi).CheckAsync("drivers/Zvm/README.md", TestContext.Current.CancellationToken);
}
