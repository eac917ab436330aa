using Anyvisor.Drivers.Conformance;
using Xunit;

namespace Anyvisor.Drivers.VCloud.Tests.Conformance;

public sealed class WorksTests(VCloudBed bed) : IClassFixture<VCloudBed>
{
    [Fact]
    public Task The_README_says_what_works() => new WorksTable().Add("Cloud Director", bed).CheckAsync("drivers/VCloud/README.md", TestContext.Current.CancellationToken);
}
