using System.Globalization;
using System.Net;
using Anyvisor.Simulation;
using Anyvisor.Simulation.Ssh;

namespace Anyvisor.Drivers.PowerVm.Simulator.Ssh;

/// <summary>The console's SSH side: the machine's own sshd before <see cref="Terminals"/>.</summary>
internal sealed class TerminalHost : IAsyncDisposable
{
    private readonly Sshd _sshd;
    private readonly Terminals _terminals;
    private readonly DirectoryInfo _sockets;

    private TerminalHost(Sshd sshd, Terminals terminals, DirectoryInfo sockets, IReadOnlyList<KeyValuePair<string, string>> settings) =>
        (_sshd, _terminals, _sockets, Settings) = (sshd, terminals, sockets, settings);

    /// <summary>What the driver has to be told to find it.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Settings { get; }

    /// <summary>Null where there are to be none, or sshd is not installed and nobody asked for it.</summary>
    public static async Task<TerminalHost?> StartAsync(SimulationOptions options, SimulationFolder folder, HmcEstate estate, string user, CancellationToken cancellationToken)
    {
        var asked = options.Settings.GetValueOrDefault("ssh");
        if (asked == "none" || (asked is null && Sshd.Program is null))
            return null;
        if (!ushort.TryParse(asked ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out var wanted))
            throw new SimulationException($"The setting ssh takes a port or none, not '{asked}'.");
        var port = Sshd.Ports(new IPEndPoint(options.Listen.Address, wanted), 1)[0];
        // The path of a socket may have a hundred characters: the folder's own may be longer.
        var sockets = Directory.CreateTempSubdirectory("anyvisor-hmc-");
        var terminals = new Terminals(Sshd.SocketIn(sockets), estate, user);
        try
        {
            var sshd = await Sshd.StartAsync(folder, [port], options.Listen.Address, sockets, cancellationToken).ConfigureAwait(false);
            return new TerminalHost(sshd, terminals, sockets,
            [
                new("console-port", port.ToString(CultureInfo.InvariantCulture)),
                // sshd knows this machine's users alone.
                new("console-user", Environment.UserName),
                new("key-file", Path.Combine(folder.Path, "user")),
                new("known-hosts", Path.Combine(folder.Path, "known_hosts")),
            ]);
        }
        catch
        {
            await terminals.DisposeAsync().ConfigureAwait(false);
            sockets.Delete(recursive: true);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _sshd.DisposeAsync().ConfigureAwait(false);
        await _terminals.DisposeAsync().ConfigureAwait(false);
        _sockets.Delete(recursive: true);
    }
}
