using System.Collections.Immutable;
using System.Net;
using Anyvisor.Driver;
using Anyvisor.Drivers.VCloud.Simulator;
using Anyvisor.Simulation;
using Anyvisor.Simulation.Faults;
using Microsoft.Extensions.Logging.Abstractions;

namespace Anyvisor.Drivers.VCloud.Tests.Simulated;

/// <summary>A simulated Cloud Director in this process.</summary>
public sealed class SimulatedCloud : IAsyncDisposable
{
    private readonly IVCloudSimulation _simulation;

    private SimulatedCloud(IVCloudSimulation simulation) => _simulation = simulation;

    internal VcdServer Server => _simulation.Server;

    public string Password => File.ReadAllText(_simulation.Address.PasswordFile!).TrimEnd('\n');

    public ProviderAddress Address => new()
    {
        Provider = "bed",
        Url = _simulation.Address.Url,
        User = _simulation.Address.User,
        Password = new Secret(Password),
        Settings = _simulation.Address.Settings.ToImmutableDictionary().Add("poll", "1"),
    };

    public static async Task<SimulatedCloud> StartAsync(int hosts, int guests, params string[] faults)
    {
        var simulator = new VCloudSimulator();
        var options = new SimulationOptions
        {
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Hosts = hosts,
            Guests = guests,
            Seed = 7,
            Faults = FaultPlan.Parse(faults, simulator.Info.Faults),
            Settings = ImmutableSortedDictionary<string, string>.Empty.Add("task-time", "30"),
            Loggers = NullLoggerFactory.Instance,
        };
        return new SimulatedCloud((IVCloudSimulation)await simulator.StartAsync(options, CancellationToken.None));
    }

    public ValueTask DisposeAsync() => _simulation.DisposeAsync();
}
