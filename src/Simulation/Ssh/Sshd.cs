using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Anyvisor.Simulation.Ssh;

/// <summary>
/// The machine's own sshd, with keys of its own, on ports of ours: everybody who signs in with the key of the simulation
/// gets the forced command and nothing else.
/// </summary>
public sealed class Sshd : IAsyncDisposable
{
    private static readonly string[] Programs = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/lib/openssh/sshd"];
    private readonly Process _process;
    private readonly Task _log;

    private Sshd(Process process)
    {
        _process = process;
        _log = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Where it is; null where it is not installed.</summary>
    public static string? Program => Array.Find(Programs, File.Exists);

    /// <param name="folder">Where its keys are, or go.</param>
    /// <param name="ports">On which it listens.</param>
    /// <param name="address">At which.</param>
    /// <param name="sessions">A folder of ours alone with a short path: its socket <c>s</c> is where sessions are handed over.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    public static async Task<Sshd> StartAsync(SimulationFolder folder, IReadOnlyList<int> ports, IPAddress address, DirectoryInfo sessions, CancellationToken cancellationToken)
    {
        var program = Program ?? throw new SimulationException("This simulation is a real SSH host and needs sshd, which is not here: install the package openssh-server.");
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(ports);
        ArgumentNullException.ThrowIfNull(sessions);
        var script = Path.Combine(sessions.FullName, "session.pl");
        await using (var resource = typeof(Sshd).Assembly.GetManifestResourceStream("session.pl")!)
        await using (var file = File.Create(script))
            await resource.CopyToAsync(file, cancellationToken).ConfigureAwait(false);
        var command = $"perl '{script}' '{SocketIn(sessions)}'";
        // Where root's sshd goes for its unprivileged half.
        if (Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows())
            Directory.CreateDirectory("/run/sshd", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        foreach (var key in (string[])["host", "user"])
            if (!File.Exists(Path.Combine(folder.Path, key)))
                await RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", $"anyvisor-simulated-{key}", "-f", Path.Combine(folder.Path, key)], cancellationToken).ConfigureAwait(false);
        var hostKey = (await File.ReadAllTextAsync(Path.Combine(folder.Path, "host.pub"), cancellationToken).ConfigureAwait(false)).Trim();
        await File.WriteAllLinesAsync(Path.Combine(folder.Path, "known_hosts"), ports.Select(port => string.Create(CultureInfo.InvariantCulture, $"[{address}]:{port} {hostKey}")), cancellationToken).ConfigureAwait(false);
        List<string> arguments = ["-D", "-e", "-f", "/dev/null", "-h", Path.Combine(folder.Path, "host")];
        foreach (var port in ports)
            arguments.AddRange(["-p", port.ToString(CultureInfo.InvariantCulture)]);
        foreach (var option in (string[])
        [
            $"ListenAddress={address}", $"AuthorizedKeysFile=\"{Path.Combine(folder.Path, "user.pub")}\"", $"ForceCommand={command}", "PidFile=none", "StrictModes=no", "UsePAM=no",
            // The forced command is run by the user's own shell, which reads its start file first when sshd calls it: bash
            // where it is not within another (SHLVL), zsh and csh from HOME. One that sets up a Python or a Node takes
            // hundreds of processes for each command, and what it prints would be the simulated system's.
            $"SetEnv=SHLVL=2 HOME=\"{folder.Path}\"", "PermitRootLogin=prohibit-password", "PasswordAuthentication=no", "KbdInteractiveAuthentication=no", "AllowTcpForwarding=no", "AllowAgentForwarding=no", "AllowStreamLocalForwarding=no",
            "X11Forwarding=no", "PermitUserRC=no", "PrintMotd=no", "PrintLastLog=no", "MaxSessions=64", "MaxStartups=200", "LogLevel=INFO",
        ])
            arguments.AddRange(["-o", option]);
        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false })
            ?? throw new SimulationException($"{program} did not start.");
        var listening = 0;
        var said = new List<string>();
        // It says where it listens once it does.
        while (listening < ports.Count && await process.StandardError.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            said.Add(line);
            listening += line.StartsWith("Server listening", StringComparison.Ordinal) ? 1 : 0;
        }
        if (listening == ports.Count)
            return new Sshd(process);
        process.Dispose();
        throw new SimulationException($"sshd does not listen on {address}, port {string.Join(", ", ports)}: {string.Join(" / ", said)}");
    }

    /// <summary>Free ones, the first as asked where it is not 0, the others after it.</summary>
    public static int[] Ports(IPEndPoint first, int count)
    {
        ArgumentNullException.ThrowIfNull(first);
        if (first.Port != 0)
            return [.. Enumerable.Range(first.Port, count)];
        var probes = Enumerable.Range(0, count).Select(_ => new Socket(first.AddressFamily, SocketType.Stream, ProtocolType.Tcp)).ToList();
        try
        {
            probes.ForEach(probe => probe.Bind(new IPEndPoint(first.Address, 0)));
            return [.. probes.Select(probe => ((IPEndPoint)probe.LocalEndPoint!).Port)];
        }
        finally
        {
            probes.ForEach(probe => probe.Dispose());
        }
    }

    /// <summary>The socket on which somebody has to listen before the first session comes.</summary>
    public static string SocketIn(DirectoryInfo sessions)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        return Path.Combine(sessions.FullName, "s");
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
        await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        await _log.ConfigureAwait(false);
        _process.Dispose();
    }

    private static async Task RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true }) ?? throw new SimulationException($"{program} did not start.");
        var said = await process.StandardError.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
        await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        if (process.ExitCode != 0)
            throw new SimulationException($"{program} failed: {said.Trim()}");
    }
}
