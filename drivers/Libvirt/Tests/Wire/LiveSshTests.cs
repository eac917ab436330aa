using System.Diagnostics;
using Anyvisor.Drivers.Libvirt.Tests.FakeDaemon;
using Anyvisor.Drivers.Libvirt.Wire;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Wire;

/// <summary>Through the system's ssh and a real sshd on loopback; behind it a fake daemon or the real one.</summary>
public sealed class LiveSshTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_daemon_answers_through_SSH()
    {
        await using var sshd = await LocalSshd.StartAsync(Cancel);
        await using var daemon = new FakeLibvirtd();
        daemon.On[59] = (line, call) => line.ReplyAsync(call, new Bytes().Text("kvm1"));

        await using var client = await ConnectAsync(sshd, daemon.Path, sshd.UserKey);
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => client.ConnectGetHostnameAsync(Cancel)));

        Assert.All(answers, answer => Assert.Equal("kvm1", answer));
        Assert.True(client.IsSecure);
    }

    [Fact]
    public async Task The_real_daemon_answers_through_SSH()
    {
        var socket = Environment.GetEnvironmentVariable("ANYVISOR_TEST_LIBVIRT_SOCKET");
        Assert.SkipWhen(string.IsNullOrEmpty(socket), "ANYVISOR_TEST_LIBVIRT_SOCKET is not set: ./test brings a libvirt host up");
        await using var sshd = await LocalSshd.StartAsync(Cancel);

        await using var client = await ConnectAsync(sshd, socket!, sshd.UserKey);

        Assert.Equal("QEMU", await client.ConnectGetTypeAsync(Cancel));
    }

    [Fact]
    public async Task A_host_whose_key_nobody_accepted_is_not_talked_to()
    {
        await using var sshd = await LocalSshd.StartAsync(Cancel);
        await using var daemon = new FakeLibvirtd();
        await File.WriteAllTextAsync(sshd.KnownHosts, "", Cancel);

        var refused = await Assert.ThrowsAsync<LibvirtException>(() => ConnectAsync(sshd, daemon.Path, sshd.UserKey));

        Assert.Equal(LibvirtFailure.HostIdentity, refused.Failure);
        Assert.Contains("is not known", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, daemon.Connections);
    }

    [Fact]
    public async Task A_host_whose_key_has_changed_is_told_with_both_fingerprints_and_gets_no_credential()
    {
        await using var sshd = await LocalSshd.StartAsync(Cancel);
        await using var daemon = new FakeLibvirtd();
        await File.WriteAllTextAsync(sshd.KnownHosts, sshd.KnownHostsLine(await File.ReadAllTextAsync(sshd.Folder["stranger.pub"], Cancel)), Cancel);

        var refused = await Assert.ThrowsAsync<LibvirtException>(() => ConnectAsync(sshd, daemon.Path, sshd.UserKey));

        Assert.Equal(LibvirtFailure.HostIdentity, refused.Failure);
        Assert.Contains("not the one known before", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"known has the fingerprint {await FingerprintAsync(sshd.Folder["stranger.pub"])}", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"shown now {await FingerprintAsync(sshd.Folder["host.pub"])}", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, daemon.Connections);
        Assert.DoesNotContain("userauth-request", await sshd.StopAsync(), StringComparison.Ordinal);
    }

    private static async Task<string> FingerprintAsync(string publicKey)
    {
        using var keygen = Process.Start(new ProcessStartInfo("ssh-keygen", ["-l", "-f", publicKey]) { RedirectStandardOutput = true })!;
        return (await keygen.StandardOutput.ReadToEndAsync(Cancel)).Split(' ')[1];
    }

    [Fact]
    public async Task A_sign_in_shows_in_the_log_that_the_test_above_reads()
    {
        await using var sshd = await LocalSshd.StartAsync(Cancel);
        await using var daemon = new FakeLibvirtd();

        await (await ConnectAsync(sshd, daemon.Path, sshd.UserKey)).DisposeAsync();

        Assert.Contains("userauth-request", await sshd.StopAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_the_host_does_not_take_is_a_failed_sign_in()
    {
        await using var sshd = await LocalSshd.StartAsync(Cancel);
        await using var daemon = new FakeLibvirtd();

        var refused = await Assert.ThrowsAsync<LibvirtException>(() => ConnectAsync(sshd, daemon.Path, sshd.Folder["stranger"]));

        Assert.Equal(LibvirtFailure.Authentication, refused.Failure);
        Assert.Contains("keyfile=", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_that_is_not_there_is_told_in_the_far_sides_words()
    {
        await using var sshd = await LocalSshd.StartAsync(Cancel);

        var refused = await Assert.ThrowsAsync<LibvirtException>(() => ConnectAsync(sshd, "/nowhere/sock", sshd.UserKey));

        Assert.Equal(LibvirtFailure.Transport, refused.Failure);
        Assert.Contains("/nowhere/sock", refused.Message, StringComparison.Ordinal);
    }

    private static Task<LibvirtClient> ConnectAsync(LocalSshd sshd, string socket, string key) => LibvirtClient.ConnectAsync(
        LibvirtUri.Parse($"qemu+ssh://{Environment.UserName}@127.0.0.1:{sshd.Port}/system?socket={socket}&keyfile={key}&known_hosts={sshd.KnownHosts}"),
        null, LibvirtClientOptions.Default, TimeProvider.System, Cancel);
}
