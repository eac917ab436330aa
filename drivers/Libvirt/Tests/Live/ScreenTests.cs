using System.Text;
using Anyvisor.Driver;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Drivers.Libvirt.Tests.Wire;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Live;

/// <summary>Consoles of a host that is reached by SSH: nothing but its sshd is open to us.</summary>
[Collection(Lab.OneAtATime)]
public sealed class ScreenTests(Lab lab) : IClassFixture<Lab>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_screen_on_the_hosts_loopback_address_is_tunnelled_through_SSH()
    {
        _ = LiveBed.Url("qemu");
        var socket = Environment.GetEnvironmentVariable("ANYVISOR_TEST_LIBVIRT_SOCKET");
        Assert.SkipWhen(string.IsNullOrEmpty(socket), "ANYVISOR_TEST_LIBVIRT_SOCKET is not set: ./test brings a libvirt host up");
        await using var sshd = await LocalSshd.StartAsync(Token);
        var guest = await lab.CreateAsync(Lab.Request(Lab.NewName("screen"), start: true));
        var url = $"qemu+ssh://{Environment.UserName}@127.0.0.1:{sshd.Port}/system?socket={socket}&keyfile={sshd.UserKey}&known_hosts={sshd.KnownHosts}";
        await using (var remote = await Connection.OpenAsync(new ProviderAddress { Provider = "remote", Url = url }, DriverBed.Context, Token))
        {
            Assert.All(await remote.ListConsolesAsync(guest, Token), c => Assert.True(c.Available, c.Reason?.Text));
            await using var screen = await remote.OpenConsoleAsync(guest, ConsoleKind.Vnc, Token);
            var hello = new byte[12];
            await screen.ReadExactlyAsync(hello, Token);
            Assert.StartsWith("RFB 003.", Encoding.ASCII.GetString(hello), StringComparison.Ordinal);
            // The server answers what is written: the tunnel carries both ways.
            await screen.WriteAsync(hello, Token);
            var securityTypes = new byte[1];
            await screen.ReadExactlyAsync(securityTypes, Token);
            Assert.NotEqual(0, securityTypes[0]);
        }
        await lab.DeleteAsync(guest);
    }
}
