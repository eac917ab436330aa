using System.Collections.Immutable;
using System.Net;
using Anyvisor.Driver;
using Anyvisor.Drivers.PowerVm.Simulator;
using Anyvisor.Simulation;
using Anyvisor.Simulation.Faults;
using Microsoft.Extensions.Logging.Abstractions;

namespace Anyvisor.Drivers.PowerVm.Tests.Simulated;

/// <summary>A simulated console in this process.</summary>
public sealed class SimulatedConsole : IAsyncDisposable
{
    private readonly IPowerVmSimulation _simulation;

    private SimulatedConsole(IPowerVmSimulation simulation) => _simulation = simulation;

    internal HmcServer Server => _simulation.Server;

    public ProviderAddress Address
    {
        get
        {
            var told = _simulation.Address;
            return new ProviderAddress
            {
                Provider = "bed",
                Url = told.Url,
                User = told.User,
                Password = new Secret(File.ReadAllText(told.PasswordFile!).TrimEnd('\n')),
                Settings = told.Settings.ToImmutableDictionary(),
            };
        }
    }

    public static async Task<SimulatedConsole> StartAsync(int hosts, int guests, string[]? faults = null, params (string Name, string Value)[] settings)
    {
        var simulator = new PowerVmSimulator();
        var options = new SimulationOptions
        {
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Hosts = hosts,
            Guests = guests,
            Seed = 7,
            Faults = FaultPlan.Parse(faults ?? [], simulator.Info.Faults),
            // An sshd a test takes longer than most tests: those of terminals ask for it.
            Settings = settings.Prepend(("ssh", "none")).GroupBy(s => s.Item1, s => s.Item2).ToImmutableSortedDictionary(s => s.Key, s => s.Last()),
            Loggers = NullLoggerFactory.Instance,
        };
        return new SimulatedConsole((IPowerVmSimulation)await simulator.StartAsync(options, CancellationToken.None));
    }

    public ValueTask DisposeAsync() => _simulation.DisposeAsync();
}
