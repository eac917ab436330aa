using Anyvisor.Driver;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Drivers.VCloud.Tests.Simulated;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VCloud.Tests.Conformance;

/// <summary>A simulated Cloud Director that nothing disturbs.</summary>
public class VCloudBed : DriverBed
{
    private SimulatedCloud? _cloud;

    public override string? Absent => null;

    public override IDriver Driver { get; } = new Plugin();

    public override ProviderAddress Address => _cloud!.Address;

    public override ProviderAddress DeadAddress => new() { Provider = "bed", Url = "https://127.0.0.1:9", User = "root", Settings = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty.Add("org", "acme"), Password = new Secret("none") };

    public override bool Obeys => true;

    public override bool KeepsSnapshots => false;

    protected virtual string[] Faults => [];

    public override CreateGuest NewGuest(string name) => new() { Name = name, Provider = "bed", Image = "photon-4", Vcpus = 1, Memory = 1L << 30 };

    public override async ValueTask InitializeAsync()
    {
        _cloud = await SimulatedCloud.StartAsync(2, 12, Faults);
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        await _cloud!.DisposeAsync();
    }
}

public sealed class VCloudConformance(VCloudBed bed) : DriverConformance<VCloudBed>(bed);

/// <summary>One that is slow and forgets who is signed in: the driver has to hold to everything all the same.</summary>
public sealed class TiredBed : VCloudBed
{
    protected override string[] Faults => ["slow=0.3@20ms", "expire-session=2s"];
}

public sealed class TiredConformance(TiredBed bed) : DriverConformance<TiredBed>(bed);
