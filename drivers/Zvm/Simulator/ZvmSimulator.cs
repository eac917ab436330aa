using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Anyvisor.Drivers.Zvm.Simulator.Estate;
using Anyvisor.Drivers.Zvm.Simulator.Feilong;
using Anyvisor.Drivers.Zvm.Simulator.Smapi;
using Anyvisor.Simulation;
using Anyvisor.Simulation.Faults;
using Anyvisor.Simulation.Http;

namespace Anyvisor.Drivers.Zvm.Simulator;

/// <summary>
/// A z/VM system, or the members of an SSI cluster, seen through both of its interfaces: the cloud connector's REST
/// (the first member at the root, the others below their names) and the Systems Management API (a port each).
/// </summary>
public sealed class ZvmSimulator : ISimulator
{
    private const string User = "ANYVISOR";

    /// <summary>As many as z/VM 7.3 takes into one cluster.</summary>
    private const int MostMembers = 8;

    public SimulatorInfo Info { get; } =
        new("zvm", "z/VM systems of one SSI cluster, behind cloud connectors (Feilong) and their Systems Management API", [FaultPlan.Slow, FaultPlan.Drop, FaultPlan.Garbage, FaultPlan.ExpireSession])
        {
            DefaultHosts = 2,
            DefaultGuests = 40,
            Settings = ImmutableSortedDictionary<string, string>.Empty
                .Add("smapi", "the first port of the Systems Management API (the one after --listen's)")
                .Add("interface", "which one the printed line uses: feilong (the usual one) or smapi")
                .Add("tls", "true to speak https"),
        };

    public async Task<ISimulation> StartAsync(SimulationOptions options, CancellationToken cancellationToken)
    {
        if (options.Hosts is < 1 or > MostMembers)
            throw new SimulationException($"An SSI cluster has 1 to {MostMembers} members, not {options.Hosts}.");
        var smapi = options.Settings.GetValueOrDefault("interface", "feilong") switch
        {
            "feilong" => false,
            "smapi" => true,
            var other => throw new SimulationException($"interface takes feilong or smapi, not '{other}'."),
        };
        var folder = SimulationFolder.Open(options, "zvm");
        var (password, file) = folder.Password();
        var estate = new ZvmEstate(options.Hosts, options.Guests, options.Seed, options.Time);
        var dice = new FaultDice(options.Faults, options.Seed);
        var tls = options.Settings.GetValueOrDefault("tls") == "true";
        var certificate = tls ? SelfSignedCertificate.ReadOrMake(folder, "zvm-simulation", options.Time) : null;
        var handler = new FeilongHandler(estate, new Sessions(password, options.Faults[FaultPlan.ExpireSession]?.Duration, options.Time));
        var http = await HttpSimulation.StartAsync(options, certificate, dice, handler.HandleAsync, cancellationToken).ConfigureAwait(false);
        var servers = new List<SmapiServer>();
        try
        {
            var port = SmapiPort(options);
            for (var member = 0; member < options.Hosts; member++)
                servers.Add(SmapiServer.Start(new IPEndPoint(options.Listen.Address, port == 0 ? 0 : port + member), new SmapiFunctions(estate, member, User, password), dice, options.Time));
        }
        catch
        {
            foreach (var server in servers)
                await server.DisposeAsync().ConfigureAwait(false);
            await http.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        var root = $"{(tls ? "https" : "http")}://{http.Endpoint}";
        var settings = ImmutableSortedDictionary<string, string>.Empty;
        if (certificate is not null)
            settings = settings.Add("thumbprint", SelfSignedCertificate.Thumbprint(certificate));
        if (options.Hosts > 1)
            settings = settings.Add("members", string.Join(',', Enumerable.Range(1, options.Hosts - 1).Select(member => smapi ? $"smapi://{servers[member].Endpoint}" : $"{root}/{estate.Members[member].Name}")));
        return new ZvmSimulation(estate, http, servers, new SimulatedAddress
        {
            Driver = "zvm",
            Url = smapi ? $"smapi://{servers[0].Endpoint}" : root,
            User = User,
            PasswordFile = file,
            Settings = settings,
        });
    }

    private static int SmapiPort(SimulationOptions options)
    {
        if (!options.Settings.TryGetValue("smapi", out var text))
            return options.Listen.Port == 0 ? 0 : options.Listen.Port + 1;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65_535 - MostMembers
            ? port
            : throw new SimulationException($"smapi takes a port, as 44444, not '{text}'.");
    }
}
