using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Drivers.PowerVm.Simulator.Ssh;
using Anyvisor.Simulation;
using Anyvisor.Simulation.Faults;
using Anyvisor.Simulation.Http;

namespace Anyvisor.Drivers.PowerVm.Simulator;

/// <summary>A management console (HMC) with Power systems, their VIOSes and partitions.</summary>
public sealed class PowerVmSimulator : ISimulator
{
    private const string User = "hscroot";

    public SimulatorInfo Info { get; } =
        new("powervm", "an IBM Power management console (HMC) with its systems", [FaultPlan.Slow, FaultPlan.Drop, FaultPlan.Garbage, FaultPlan.ExpireSession, FaultPlan.LoseEvents])
        {
            DefaultHosts = 3,
            DefaultGuests = 30,
            Settings = new Dictionary<string, string>
            {
                ["unconnected"] = "how many of the systems have no connection (0)",
                ["sessions"] = "how many sessions there may be at once (100)",
                ["cli"] = "whether the API runs the console's commands: yes or no (yes)",
                ["ssh"] = "the port of its terminals over SSH, 0 for a free one (0 where sshd is installed), or none",
                ["churn"] = "how many partitions change their state a second (0)",
            }.ToImmutableSortedDictionary(StringComparer.Ordinal),
        };

    public async Task<ISimulation> StartAsync(SimulationOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var folder = SimulationFolder.Open(options, Info.System);
        var (password, file) = folder.Password();
        var certificate = SelfSignedCertificate.ReadOrMake(folder, "hmc.simulated", options.Time);
        var estate = Layout.Make(options, Number(options, "unconnected", 0));
        estate.RunsCommands = options.Settings.GetValueOrDefault("cli", "yes") switch
        {
            "yes" => true,
            "no" => false,
            var text => throw new SimulationException($"The setting cli is yes or no, not '{text}'."),
        };
        var server = new HmcServer(estate, new Sessions(User, password, Number(options, "sessions", 100), options), new FaultDice(options.Faults, options.Seed + 1), options.Time);
        var http = await HttpSimulation.StartAsync(options, certificate, new FaultDice(options.Faults, options.Seed), server.AnswerAsync, cancellationToken).ConfigureAwait(false);
        server.Root = $"https://{http.Endpoint}";
        var settings = ImmutableSortedDictionary<string, string>.Empty.Add("thumbprint", SelfSignedCertificate.Thumbprint(certificate));
        try
        {
            var ssh = await TerminalHost.StartAsync(options, folder, estate, User, cancellationToken).ConfigureAwait(false);
            settings = settings.AddRange(ssh?.Settings ?? [KeyValuePair.Create("console", "none")]);
            var address = new SimulatedAddress { Driver = "powervm", Url = server.Root, User = User, PasswordFile = file, Settings = settings };
            return new Running(http, ssh, new Churn(estate, Number(options, "churn", 0), options), address, server);
        }
        catch
        {
            await http.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static int Number(SimulationOptions options, string name, int otherwise) =>
        !options.Settings.TryGetValue(name, out var text) ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new SimulationException($"The setting {name} takes a number, not '{text}'.");

    private sealed class Running(HttpSimulation http, TerminalHost? ssh, Churn churn, SimulatedAddress address, HmcServer server) : IPowerVmSimulation
    {
        public SimulatedAddress Address => address;
        public HmcServer Server => server;

        public async ValueTask DisposeAsync()
        {
            await churn.DisposeAsync().ConfigureAwait(false);
            if (ssh is not null)
                await ssh.DisposeAsync().ConfigureAwait(false);
            await http.DisposeAsync().ConfigureAwait(false);
        }
    }
}
