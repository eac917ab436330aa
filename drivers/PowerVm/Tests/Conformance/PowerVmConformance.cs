using Anyvisor.Driver;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Drivers.PowerVm.Tests.Simulated;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm.Tests.Conformance;

/// <summary>A simulated console that nothing disturbs.</summary>
public class PowerVmBed : DriverBed
{
    private SimulatedConsole? _console;

    public override string? Absent => null;

    public override IDriver Driver { get; } = new Plugin();

    public override ProviderAddress Address => _console!.Address;

    public override ProviderAddress DeadAddress => new() { Provider = "bed", Url = "https://127.0.0.1:9", User = "hscroot", Password = new Secret("none") };

    public override bool Obeys => true;

    protected virtual string[] Faults => [];

    public override CreateGuest NewGuest(string name) =>
        new() { Name = name, Provider = "bed", Vcpus = 1, Memory = 1L << 30, Disk = 1L << 30, Datastore = "SSP_1" };

    public override string? MigrationTarget(Guest guest) => Watch.All<Host>().FirstOrDefault(host => host.Name != guest.Host)?.Name;

    public override async ValueTask InitializeAsync()
    {
        _console = await SimulatedConsole.StartAsync(2, 12, Faults);
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        await _console!.DisposeAsync();
    }
}

public sealed class PowerVmConformance(PowerVmBed bed) : DriverConformance<PowerVmBed>(bed);

/// <summary>A console that is slow and forgets who is signed in: the driver has to hold to everything all the same.</summary>
public sealed class TiredBed : PowerVmBed
{
    protected override string[] Faults => ["slow=0.3@20ms", "expire-session=2s"];
}

public sealed class TiredConformance(TiredBed bed) : DriverConformance<TiredBed>(bed);
