using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Anyvisor.Driver.Ssh;

namespace Anyvisor.Unit.Tests.Ssh;

/// <summary>A real sshd of our own on loopback, with its own host key and one key that it lets in.</summary>
internal sealed class ThrowAwaySshd : IAsyncDisposable
{
    private const string Program = "/usr/sbin/sshd";
    private readonly DirectoryInfo _folder;
    private readonly Process _process;

    private ThrowAwaySshd(DirectoryInfo folder, int port, Process process)
    {
        _folder = folder;
        _process = process;
        Target = new SshTarget
        {
            Host = "127.0.0.1",
            Port = port,
            User = Environment.UserName,
            KeyFile = Path.Combine(folder.FullName, "user"),
            KnownHosts = Path.Combine(folder.FullName, "known"),
        };
    }

    public static string? Absent => File.Exists(Program) ? null : "there is no sshd here (apt install openssh-server)";

    public SshTarget Target { get; }

    public int Pid => _process.Id;

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public static async Task<ThrowAwaySshd> StartAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("anyvisor-sshd-");
        foreach (var key in new[] { "host", "user", "stranger" })
            await RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(folder.FullName, key)], cancellationToken);
        // sshd started by root wants its folder for separated privileges.
        if (Environment.IsPrivilegedProcess)
            Directory.CreateDirectory("/run/sshd");
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();
        var configuration = Path.Combine(folder.FullName, "config");
        await File.WriteAllTextAsync(
            configuration,
            $"""
            ListenAddress 127.0.0.1
            Port {port}
            HostKey {folder.FullName}/host
            AuthorizedKeysFile {folder.FullName}/user.pub
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            UsePAM no
            StrictModes no
            PidFile none
            SetEnv SHLVL=2 HOME={folder.FullName}

            """,
            cancellationToken);
        await WriteKnownAsync(folder, port, "host", cancellationToken);
        var process = Process.Start(new ProcessStartInfo(Program, ["-D", "-e", "-f", configuration]) { RedirectStandardError = true, UseShellExecute = false })!;
        while (await process.StandardError.ReadLineAsync(cancellationToken) is { } line)
            if (line.Contains("listening", StringComparison.Ordinal))
                break;
        _ = process.StandardError.ReadToEndAsync(CancellationToken.None);
        return new ThrowAwaySshd(folder, port, process);
    }

    /// <summary>Writes the public key <paramref name="name"/> down as the host's.</summary>
    public Task KnowAsAsync(string name, CancellationToken cancellationToken) => WriteKnownAsync(_folder, Target.Port!.Value, name, cancellationToken);

    public async Task<string> FingerprintAsync(string name, CancellationToken cancellationToken) =>
        (await RunAsync("ssh-keygen", ["-l", "-f", PathOf(name + ".pub")], cancellationToken)).Split(' ')[1];

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static async Task WriteKnownAsync(DirectoryInfo folder, int port, string name, CancellationToken cancellationToken)
    {
        var key = await File.ReadAllTextAsync(Path.Combine(folder.FullName, name + ".pub"), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "known"), string.Create(CultureInfo.InvariantCulture, $"[127.0.0.1]:{port} {key}"), cancellationToken);
    }

    private static async Task<string> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} failed");
    }
}
