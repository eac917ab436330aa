using System.Globalization;
using System.Net;
using Anyvisor.Driver;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Drivers.Zvm.Simulator;
using Anyvisor.Model;
using Anyvisor.Simulation;
using Anyvisor.Simulation.Faults;
using Microsoft.Extensions.Logging.Abstractions;

namespace Anyvisor.Drivers.Zvm.Tests.Conformance;

/// <summary>The simulator, in this process, behind one of its interfaces.</summary>
public abstract class ZvmBed : DriverBed
{
    private static int s_names;
    private ISimulation? _simulation;

    public override string? Absent => null;

    public override IDriver Driver { get; } = new ZvmDriver();

    public override ProviderAddress Address => AddressOf(_simulation!.Address);

    public override ProviderAddress DeadAddress => new() { Provider = "zvm", Url = Interface == "smapi" ? "smapi://127.0.0.1:1" : "http://127.0.0.1:1", User = "ANYVISOR" };

    public override bool Obeys => true;

    public override bool CapturesRunning => true;

    protected virtual string Interface => "feilong";

    protected virtual int Hosts => 2;

    protected virtual FaultPlan Faults => FaultPlan.None;

    // z/VM's names have eight characters.
    public override string NewName(string kind) => string.Create(CultureInfo.InvariantCulture, $"T{Interlocked.Increment(ref s_names):X4}{kind[..Math.Min(3, kind.Length)]}").ToUpperInvariant();

    public override string? MigrationTarget(Guest guest) => Watch.All<Host>().FirstOrDefault(host => host.Name != guest.Host)?.Name;

    public override CreateGuest? NewGuest(string name) => new() { Name = name, Provider = "zvm", Image = Interface == "smapi" ? null : "rhel9", Vcpus = 1, Memory = 1L << 30, Disk = Interface == "smapi" ? 1L << 30 : null };

    public override async ValueTask InitializeAsync()
    {
        _simulation = await new ZvmSimulator().StartAsync(
            new SimulationOptions
            {
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                Hosts = Hosts,
                Guests = 12,
                Faults = Faults,
                Settings = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("interface", Interface),
                Loggers = NullLoggerFactory.Instance,
            },
            CancellationToken.None);
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        if (_simulation is not null)
            await _simulation.DisposeAsync();
    }

    internal static ProviderAddress AddressOf(SimulatedAddress address) => new()
    {
        Provider = "zvm",
        Url = address.Url,
        User = address.User,
        Password = new Secret(File.ReadAllText(address.PasswordFile!).Trim()),
        Settings = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty.AddRange(address.Settings).SetItem("poll", "300ms"),
    };
}
