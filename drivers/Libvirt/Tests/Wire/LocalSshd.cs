using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Wire;

/// <summary>Debian's sshd on a loopback port, with keys of its own that nothing else knows.</summary>
internal sealed class LocalSshd : IAsyncDisposable
{
    private const string Sshd = "/usr/sbin/sshd";
    private readonly Process _process;
    private readonly Task<string> _log;

    private LocalSshd(TemporaryFolder folder, int port, Process process)
    {
        Folder = folder;
        Port = port;
        _process = process;
        _log = process.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    public TemporaryFolder Folder { get; }

    public int Port { get; }

    public string UserKey => Folder["user"];

    public string KnownHosts => Folder["known_hosts"];

    public static async Task<LocalSshd> StartAsync(CancellationToken cancellationToken)
    {
        Assert.SkipUnless(File.Exists(Sshd), $"{Sshd} is not installed");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "sshd needs root");
        Directory.CreateDirectory("/run/sshd");
        var folder = new TemporaryFolder();
        foreach (var key in new[] { "host", "user", "stranger" })
            await RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", folder[key]], cancellationToken);
        File.Copy(folder["user.pub"], folder["authorized_keys"]);
        var port = FreePort();
        await File.WriteAllTextAsync(folder["known_hosts"], KnownHostsLine(port, await File.ReadAllTextAsync(folder["host.pub"], cancellationToken)), cancellationToken);
        var process = Process.Start(new ProcessStartInfo(Sshd,
        [
            "-D", "-e", "-f", "/dev/null", "-p", port.ToString(CultureInfo.InvariantCulture), "-h", folder["host"],
            "-o", "ListenAddress=127.0.0.1", "-o", $"AuthorizedKeysFile={folder["authorized_keys"]}", "-o", "PidFile=none",
            "-o", "StrictModes=no", "-o", "UsePAM=no", "-o", "PermitRootLogin=prohibit-password", "-o", "PasswordAuthentication=no",
            "-o", "LogLevel=DEBUG1",
        ]) { RedirectStandardError = true })!;
        // It says where it listens once it does.
        while (await process.StandardError.ReadLineAsync(cancellationToken) is { } line && !line.StartsWith("Server listening", StringComparison.Ordinal))
        {
        }
        return new LocalSshd(folder, port, process);
    }

    public string KnownHostsLine(string publicKey) => KnownHostsLine(Port, publicKey);

    /// <summary>Stops it, and gives what it logged: every sign-in that anybody tried.</summary>
    public async Task<string> StopAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        return await _log;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
        Folder.Dispose();
    }

    private static string KnownHostsLine(int port, string publicKey) => $"[127.0.0.1]:{port} {publicKey}";

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    private static async Task RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync(cancellationToken);
        Assert.Equal(0, process.ExitCode);
    }
}
