using Xunit;
using System.Collections.Immutable;
using System.Net;
using Anyvisor.Driver;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Drivers.SolarisZones.Simulator;
using Anyvisor.Model;
using Anyvisor.Simulation;
using Anyvisor.Simulation.Faults;
using Anyvisor.Simulation.Ssh;
using Microsoft.Extensions.Logging.Abstractions;

namespace Anyvisor.Drivers.SolarisZones.Tests.Conformance;

/// <summary>A simulated global zone behind the machine's own sshd.</summary>
public abstract class ZonesBed : DriverBed
{
    private ISimulation? _simulation;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("anyvisor-zones-bed-");

    protected abstract string Flavor { get; }

    protected virtual string[] Faults => [];

    protected virtual ImmutableSortedDictionary<string, string> Settings => ImmutableSortedDictionary<string, string>.Empty;

    public override string? Absent =>
        Sshd.Program is null ? "sshd is not installed: the simulated global zone is a real SSH host (package openssh-server)"
        : null;

    public override IDriver Driver { get; } = new SolarisZonesDriver();

    public override ProviderAddress Address => Of(((ZonesSimulation)_simulation!).Address);

    public override ProviderAddress DeadAddress => new() { Provider = "bed", Url = "ssh://nobody@127.0.0.1:22299" };

    public override bool Obeys => true;

    public override async ValueTask InitializeAsync()
    {
        if (Absent is null)
            _simulation = await StartAsync(Flavor, Faults, Settings, _folder.FullName, hosts: 2, guests: 24);
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        if (_simulation is not null)
            await _simulation.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    public override CreateGuest? NewGuest(string name) => new() { Name = name, Provider = "bed", Vcpus = 1, Memory = 512 << 20 };

    internal ZonesSimulation Simulation => (ZonesSimulation)_simulation!;

    internal static async Task<ISimulation> StartAsync(string flavor, string[] faults, ImmutableSortedDictionary<string, string> settings, string folder, int hosts, int guests)
    {
        var simulator = new ZonesSimulator();
        return await simulator.StartAsync(
            new SimulationOptions
            {
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                Hosts = hosts,
                Guests = guests,
                Seed = 7,
                Folder = folder,
                Faults = FaultPlan.Parse(faults, simulator.Info.Faults),
                Settings = settings.SetItem("flavor", flavor).SetItem("install", "60"),
                Loggers = NullLoggerFactory.Instance,
            },
            TestContext.Current.CancellationToken);
    }

    internal static ProviderAddress Of(SimulatedAddress address) => new()
    {
        Provider = "bed",
        Url = address.Url,
        User = address.User,
        Password = address.PasswordFile is { } file ? new Secret(File.ReadAllText(file).Trim()) : null,
        Settings = address.Settings.ToImmutableDictionary().SetItem("poll", "0.25"),
    };
}

public sealed class Solaris11Bed : ZonesBed
{
    protected override string Flavor => "solaris11";
}

public sealed class KernelZoneBed : ZonesBed
{
    protected override string Flavor => "solaris11";

    public override CreateGuest? NewGuest(string name) => base.NewGuest(name)! with { Settings = ImmutableDictionary<string, string>.Empty.Add("brand", "solaris-kz") };
}

public sealed class Solaris10Bed : ZonesBed
{
    protected override string Flavor => "solaris10";
}

public sealed class OmniOsBed : ZonesBed
{
    protected override string Flavor => "omnios";

    public override CreateGuest? NewGuest(string name) => base.NewGuest(name)! with { Networks = ["net0"] };
}

public sealed class SmartOsBed : ZonesBed
{
    protected override string Flavor => "smartos";

    public override CreateGuest? NewGuest(string name) => base.NewGuest(name)! with { Image = "base-64-lts", Networks = ["admin"] };
}

/// <summary>Some answers are slow.</summary>
public sealed class SlowBed : ZonesBed
{
    protected override string Flavor => "omnios";

    protected override string[] Faults => ["slow=0.2@100ms"];
}

/// <summary>The same global zone by RAD.</summary>
public sealed class RadBed : ZonesBed
{
    protected override string Flavor => "solaris11";

    protected override ImmutableSortedDictionary<string, string> Settings => ImmutableSortedDictionary<string, string>.Empty.Add("rad", "0");

    protected override string[] Faults => ["expire-session=2s"];

    public override ProviderAddress Address => Of(Simulation.RadAddress!);

    public override ProviderAddress DeadAddress => new() { Provider = "bed", Url = "https://127.0.0.1:22299", User = "nobody", Password = new Secret("x") };
}

public sealed class Solaris11Conformance(Solaris11Bed bed) : DriverConformance<Solaris11Bed>(bed);

public sealed class KernelZoneConformance(KernelZoneBed bed) : DriverConformance<KernelZoneBed>(bed);

public sealed class Solaris10Conformance(Solaris10Bed bed) : DriverConformance<Solaris10Bed>(bed);

public sealed class OmniOsConformance(OmniOsBed bed) : DriverConformance<OmniOsBed>(bed);

public sealed class SmartOsConformance(SmartOsBed bed) : DriverConformance<SmartOsBed>(bed);

public sealed class SlowConformance(SlowBed bed) : DriverConformance<SlowBed>(bed);

public sealed class RadConformance(RadBed bed) : DriverConformance<RadBed>(bed);
