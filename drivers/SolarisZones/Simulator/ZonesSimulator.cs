using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Drivers.SolarisZones.Simulator.Estate;
using Anyvisor.Drivers.SolarisZones.Simulator.Rad;
using Anyvisor.Drivers.SolarisZones.Simulator.Ssh;
using Anyvisor.Simulation;
using Anyvisor.Simulation.Faults;
using Anyvisor.Simulation.Ssh;

namespace Anyvisor.Drivers.SolarisZones.Simulator;

/// <summary>
/// Global zones of Solaris and illumos: a real SSH host (the machine's sshd) whose forced command is a simulated system,
/// and RAD's REST interface where a port is given for it. The first host has all guests; the others, on the ports after
/// it, are empty: global zones to migrate to.
/// </summary>
public sealed class ZonesSimulator : ISimulator
{
    private const int MostHosts = 32;

    public SimulatorInfo Info { get; } = new("zones", "global zones of Solaris and illumos, as SSH hosts", [FaultPlan.Slow, FaultPlan.Drop, FaultPlan.Garbage, FaultPlan.ExpireSession])
    {
        Settings = ImmutableSortedDictionary<string, string>.Empty
            .Add("flavor", "solaris11 (usual), solaris10, omnios or smartos")
            .Add("install", "how long an installation takes, in milliseconds (4000)")
            .Add("rad", "a port for RAD's REST interface, 0 for a free one (solaris11)"),
        DefaultHosts = 1,
        DefaultGuests = 20,
    };

    public async Task<ISimulation> StartAsync(SimulationOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var flavor = Flavor(options.Settings.GetValueOrDefault("flavor", "solaris11"));
        var install = TimeSpan.FromMilliseconds(Number(options, "install", 4000, 3_600_000));
        if (options.Hosts is < 1 or > MostHosts)
            throw new SimulationException($"1 to {MostHosts} global zones can be simulated at once, not {options.Hosts}.");
        var folder = SimulationFolder.Open(options, "zones");
        var ports = Sshd.Ports(options.Listen, options.Hosts);
        var hosts = new Dictionary<int, SimHost>();
        for (var i = 0; i < ports.Length; i++)
            hosts[ports[i]] = EstateMaker.Make(string.Create(CultureInfo.InvariantCulture, $"gz{i + 1}"), flavor, i == 0 ? options.Guests : 0, options.Seed + i, options.Time, install);
        var dice = new FaultDice(options.Faults, options.Seed);
        // The path of a socket may have a hundred characters: the folder's own may be longer.
        var sockets = Directory.CreateTempSubdirectory("anyvisor-zones-");
        var sessions = new SessionServer(Sshd.SocketIn(sockets), hosts, dice);
        Sshd? sshd = null;
        RadServer? rad = null;
        try
        {
            sshd = await Sshd.StartAsync(folder, ports, options.Listen.Address, sockets, cancellationToken).ConfigureAwait(false);
            if (options.Settings.ContainsKey("rad"))
                rad = await RadServer.StartAsync(options, Number(options, "rad", 0, 65_535), folder, hosts[ports[0]], cancellationToken).ConfigureAwait(false);
            return new ZonesSimulation(sshd, sessions, rad, sockets, hosts)
            {
                Address = new SimulatedAddress
                {
                    Driver = "zones",
                    Url = string.Create(CultureInfo.InvariantCulture, $"ssh://{options.Listen.Address}:{ports[0]}"),
                    User = Environment.UserName,
                    Settings = ImmutableSortedDictionary<string, string>.Empty
                        .Add("key-file", Path.Combine(folder.Path, "user"))
                        .Add("known-hosts", Path.Combine(folder.Path, "known_hosts")),
                },
            };
        }
        catch
        {
            if (sshd is not null)
                await sshd.DisposeAsync().ConfigureAwait(false);
            await sessions.DisposeAsync().ConfigureAwait(false);
            sockets.Delete(recursive: true);
            throw;
        }
    }

    private static SimFlavor Flavor(string word) => word switch
    {
        "solaris11" => SimFlavor.Solaris11,
        "solaris10" => SimFlavor.Solaris10,
        "omnios" => SimFlavor.OmniOs,
        "smartos" => SimFlavor.SmartOs,
        _ => throw new SimulationException($"There is no flavor '{word}': there are solaris11, solaris10, omnios and smartos."),
    };

    private static int Number(SimulationOptions options, string name, int usual, int most) =>
        !options.Settings.TryGetValue(name, out var text) ? usual
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most ? number
        : throw new SimulationException($"The setting {name} takes a number up to {most}, not '{text}'.");
}

/// <summary>Running simulated global zones.</summary>
internal sealed class ZonesSimulation(Sshd sshd, SessionServer sessions, RadServer? rad, DirectoryInfo sockets, IReadOnlyDictionary<int, SimHost> hosts) : ISimulation
{
    public required SimulatedAddress Address { get; init; }

    /// <summary>By port.</summary>
    public IReadOnlyDictionary<int, SimHost> Hosts => hosts;

    /// <summary>How a provider is added that goes by RAD.</summary>
    public SimulatedAddress? RadAddress => rad?.Address;

    public async ValueTask DisposeAsync()
    {
        await sshd.DisposeAsync().ConfigureAwait(false);
        await sessions.DisposeAsync().ConfigureAwait(false);
        if (rad is not null)
            await rad.DisposeAsync().ConfigureAwait(false);
        sockets.Delete(recursive: true);
    }
}
