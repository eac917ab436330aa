using Anyvisor.Drivers.Libvirt.Tests.FakeDaemon;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Wire.Rpc;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Wire;

/// <summary>A fake daemon and how tests come to it.</summary>
public abstract class FakeDaemonFixture : IAsyncDisposable
{
    protected const int GetHostname = 59;
    protected const int GetXml = 14;

    internal FakeLibvirtd Daemon { get; } = new();

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await Daemon.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    internal Task<LibvirtClient> ConnectAsync(RpcOptions? rpc = null, TimeProvider? time = null) => LibvirtClient.ConnectAsync(
        LibvirtUri.Parse(Daemon.Uri), null, new LibvirtClientOptions { Rpc = rpc ?? new RpcOptions() }, time ?? TimeProvider.System, Cancel);

    internal static async Task<LibvirtException> FailsAsync(Task task) => await Assert.ThrowsAsync<LibvirtException>(() => task);
}
