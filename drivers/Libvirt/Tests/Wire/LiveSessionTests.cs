using System.Diagnostics;
using System.Globalization;
using Anyvisor.Drivers.Libvirt.Wire;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Wire;

/// <summary>
/// A user's own daemon, which nobody starts beforehand. libvirt has none for root, so the test runs itself once more as
/// a user without rights.
/// </summary>
public sealed class LiveSessionTests
{
    private const string Libvirtd = "/usr/sbin/libvirtd";
    private const string Nobody = "65534";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_users_own_daemon_is_started_and_answers()
    {
        Assert.SkipUnless(File.Exists(Libvirtd), $"{Libvirtd} is not installed");
        if (Environment.IsPrivilegedProcess)
        {
            await AsNobodyAsync();
            return;
        }
        await using var client = await LibvirtClient.ConnectAsync(LibvirtUri.Parse("qemu:///session"), null, LibvirtClientOptions.Default, TimeProvider.System, Cancel);

        Assert.Equal("qemu:///session", await client.ConnectGetUriAsync(Cancel));
        Assert.Equal("QEMU", await client.ConnectGetTypeAsync(Cancel));
    }

    private static async Task AsNobodyAsync()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/setpriv"), "setpriv (util-linux) is not installed");
        using var folder = new TemporaryFolder();
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_111_111);
        var method = $"{typeof(LiveSessionTests).FullName}.{nameof(The_users_own_daemon_is_started_and_answers)}";
        List<string> command = [$"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "--", Environment.ProcessPath!];
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            command.Add(typeof(LiveSessionTests).Assembly.Location);
        var start = new ProcessStartInfo("/usr/bin/setpriv", [.. command, "-method", method]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var variable in (string[])["HOME", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "DOTNET_CLI_HOME"])
            start.Environment[variable] = folder.Path;
        using var run = Process.Start(start)!;
        try
        {
            // The daemon that it leaves behind holds these open, so what is read ends with the run's own summary.
            var said = new List<string>();
            while (await run.StandardOutput.ReadLineAsync(Cancel) is { } line)
            {
                said.Add(line);
                if (line.Contains("Total:", StringComparison.Ordinal))
                    break;
            }
            Assert.SkipWhen(said.Count == 0, $"The tests can't be read by other users: {await run.StandardError.ReadLineAsync(Cancel)}");
            Assert.True(said[^1].Contains("Total: 1, Errors: 0, Failed: 0, Skipped: 0", StringComparison.Ordinal), string.Join('\n', said));
            Assert.True(File.Exists(folder["libvirt/libvirtd.pid"]));
        }
        finally
        {
            await StopDaemonAsync(folder["libvirt/libvirtd.pid"]);
        }
    }

    private static async Task StopDaemonAsync(string pidFile)
    {
        if (!File.Exists(pidFile))
            return;
        using var daemon = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(pidFile), CultureInfo.InvariantCulture));
        daemon.Kill();
        await daemon.WaitForExitAsync();
    }
}
