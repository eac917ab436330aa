using Anyvisor.Driver;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Drivers.VSphere.Tests.Beds;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere.Tests.Conformance;

/// <summary>A simulated vCenter that nothing disturbs. It keeps no bytes of disks, and its guests run nothing.</summary>
public class VCenterBed : DriverBed
{
    private Vcsim? _vcsim;

    public override string? Absent => Vcsim.Absent;

    public override IDriver Driver { get; } = new Plugin();

    public override ProviderAddress Address => _vcsim!.Address;

    public override ProviderAddress DeadAddress => new() { Provider = "bed", Url = "https://127.0.0.1:9/sdk", User = "root", Password = new Secret("none") };

    protected virtual string[] Arguments => [];

    protected Vcsim Simulator => _vcsim!;

    public override CreateGuest NewGuest(string name) => new() { Name = name, Provider = "bed", Vcpus = 1, Memory = 1L << 28, Disk = 1L << 26 };

    public override string? MigrationTarget(Guest guest) => Watch.All<Host>().FirstOrDefault(host => host.Name != guest.Host && host.State == HostState.Up)?.Name;

    public override async ValueTask InitializeAsync()
    {
        if (Absent is not null)
            return;
        _vcsim = await Vcsim.StartAsync(CancellationToken.None, Arguments);
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        if (_vcsim is not null)
            await _vcsim.DisposeAsync();
    }
}

public sealed class VCenterConformance(VCenterBed bed) : DriverConformance<VCenterBed>(bed);

/// <summary>An ESXi by itself.</summary>
public sealed class EsxiBed : VCenterBed
{
    protected override string[] Arguments => ["-esx"];
}

public sealed class EsxiConformance(EsxiBed bed) : DriverConformance<EsxiBed>(bed);
