using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Simulation;
using Anyvisor.Simulation.Faults;
using Anyvisor.Simulation.Http;

namespace Anyvisor.Drivers.VCloud.Simulator;

/// <summary>A Cloud Director with one organisation, its virtual datacenters, vApps and a catalog.</summary>
public sealed class VCloudSimulator : ISimulator
{
    private const string Org = "acme";
    private const string User = "administrator";
    private const int DefaultTaskTime = 200;

    public SimulatorInfo Info { get; } =
        new("vcloud", "a VMware Cloud Director: an organisation with its virtual datacenters", [FaultPlan.Slow, FaultPlan.Drop, FaultPlan.Garbage, FaultPlan.ExpireSession])
        {
            DefaultHosts = 2,
            DefaultGuests = 20,
            Settings = new Dictionary<string, string> { ["task-time"] = $"how long a task takes, in milliseconds ({DefaultTaskTime})" }.ToImmutableSortedDictionary(StringComparer.Ordinal),
        };

    public async Task<ISimulation> StartAsync(SimulationOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var folder = SimulationFolder.Open(options, Info.System);
        var (password, file) = folder.Password();
        var certificate = SelfSignedCertificate.ReadOrMake(folder, "vcd.simulated", options.Time);
        var login = $"{User}@{Org}";
        var server = new VcdServer(SimLayout.Make(options, Org), new Sessions(login, password, options), User, TaskTime(options), options.Seed + 1, options.Time);
        var http = await HttpSimulation.StartAsync(options, certificate, new FaultDice(options.Faults, options.Seed), server.AnswerAsync, cancellationToken).ConfigureAwait(false);
        server.Root = $"https://{http.Endpoint}";
        return new Running(http, server, new SimulatedAddress
        {
            Driver = "vcloud",
            Url = server.Root,
            User = login,
            PasswordFile = file,
            Settings = ImmutableSortedDictionary<string, string>.Empty.Add("thumbprint", SelfSignedCertificate.Thumbprint(certificate)),
        });
    }

    private static TimeSpan TaskTime(SimulationOptions options) =>
        !options.Settings.TryGetValue("task-time", out var text) ? TimeSpan.FromMilliseconds(DefaultTaskTime)
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? TimeSpan.FromMilliseconds(number)
        : throw new SimulationException($"The setting task-time takes milliseconds, not '{text}'.");

    private sealed class Running(HttpSimulation http, VcdServer server, SimulatedAddress address) : IVCloudSimulation
    {
        public SimulatedAddress Address => address;
        public VcdServer Server => server;

        public ValueTask DisposeAsync() => http.DisposeAsync();
    }
}
