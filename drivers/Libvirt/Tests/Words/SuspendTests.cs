using Anyvisor.Driver;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Drivers.Libvirt.Tests.FakeDaemon;
using Anyvisor.Drivers.Libvirt.Tests.Wire;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Words;

/// <summary>A guest that can't be suspended, by a daemon that counts who has its saved memory removed.</summary>
public sealed class SuspendTests : FakeDaemonFixture
{
    private const int LookupByUuid = 24;
    private const int ManagedSave = 182;
    private const int ManagedSaveRemove = 184;

    private int _removed;

    [Theory]
    // QEMU removes what it wrote itself: what lies there is another's, who may be writing it at this moment.
    [InlineData("QEMU", LibvirtErrorCode.OperationTimeout, 0)]
    [InlineData("QEMU", LibvirtErrorCode.InternalError, 0)]
    [InlineData("Xen", LibvirtErrorCode.InternalError, 1)]
    // Another call works on the guest.
    [InlineData("Xen", LibvirtErrorCode.OperationTimeout, 0)]
    [InlineData("Xen", LibvirtErrorCode.OperationInvalid, 0)]
    internal async Task What_lies_where_memory_is_saved_is_removed_only_where_a_failed_suspend_left_it(string hypervisor, LibvirtErrorCode code, int removed)
    {
        await using var connection = await OpenAsync(hypervisor);
        Daemon.On[ManagedSave] = (line, call) => line.ErrorAsync(call, (int)code, 10, "can't be saved now");
        Daemon.On[ManagedSaveRemove] = (line, call) =>
        {
            Interlocked.Increment(ref _removed);
            return line.ReplyAsync(call);
        };
        var refused = await Assert.ThrowsAsync<ProviderException>(() => connection.SuspendAsync(Guest, Cancel));
        Assert.Contains("can't be saved now", refused.Message, StringComparison.Ordinal);
        Assert.Equal(removed, _removed);
    }

    [Fact]
    public async Task A_line_that_breaks_while_what_is_left_is_removed_is_told_in_the_contracts_words()
    {
        await using var connection = await OpenAsync("Xen");
        Daemon.On[ManagedSave] = (line, call) => line.ErrorAsync(call, (int)LibvirtErrorCode.InternalError, 10, "can't be saved now");
        Daemon.On[ManagedSaveRemove] = (line, _) =>
        {
            line.Hangup();
            return Task.CompletedTask;
        };
        var refused = await Assert.ThrowsAsync<ProviderException>(() => connection.SuspendAsync(Guest, Cancel));
        Assert.Equal((ProviderError.Unreachable, true), (refused.Error, refused.OutcomeUnknown));
        Assert.Contains("web1", refused.Message, StringComparison.Ordinal);
    }

    private static NativeId Native { get; } = new(new Guid(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1));

    private static Guest Guest { get; } = new()
    {
        Id = ObjectId.Derive(ObjectKind.Guest, "fake", Native),
        NativeId = Native,
        Name = "web1",
        Provider = "fake",
    };

    private async Task<Connection> OpenAsync(string hypervisor)
    {
        Answer(3, new Bytes().Text(hypervisor));
        Answer(GetHostname, new Bytes().Text("host1"));
        Answer(110, new Bytes().Text("qemu:///system"));
        Answer(157, new Bytes().Long(9_000_000));
        Answer(7, new Bytes().Text("<capabilities><host><cpu><arch>x86_64</arch></cpu></host></capabilities>"));
        Answer(6, new Bytes().Raw(new byte[128]).Long(1 << 20).Int(2).Int(0).Int(1).Int(1).Int(2).Int(1));
        Answer(LookupByUuid, new Bytes().Domain("web1", 1, 7));
        return await Connection.OpenAsync(new ProviderAddress { Provider = "fake", Url = Daemon.Uri }, DriverBed.Context, Cancel);
    }

    private void Answer(int procedure, Bytes result) => Daemon.On[procedure] = (line, call) => line.ReplyAsync(call, result);
}
