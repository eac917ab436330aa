using Anyvisor.Drivers.Libvirt.Tests.FakeDaemon;
using Anyvisor.Drivers.Libvirt.Wire;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Wire;

/// <summary>Whatever a daemon does, the connection fails with a clear error and nothing hangs.</summary>
public sealed class BadDaemonTests : FakeDaemonFixture
{
    [Fact]
    public async Task A_line_cut_inside_a_message_fails_every_call_on_it()
    {
        Daemon.On[GetHostname] = async (line, call) =>
        {
            await line.RawAsync(Bytes.Frame(FakeLine.Remote, call.Procedure, 1, call.Serial, 0, new Bytes().Text("kvm1").ToArray()).AsMemory(0, 30));
            line.Hangup();
        };
        Daemon.On[GetXml] = (_, _) => Task.CompletedTask;
        await using var client = await ConnectAsync();

        var other = client.DomainGetXmlDescAsync(default(DomainRef) with { Name = "a" }, 0, Cancel);
        var failed = await FailsAsync(client.ConnectGetHostnameAsync(Cancel));

        Assert.Equal(LibvirtFailure.Transport, failed.Failure);
        Assert.Contains("inside a message", failed.Message, StringComparison.Ordinal);
        Assert.Equal(failed.Message, (await FailsAsync(other)).Message);
        Assert.Equal(failed.Message, (await client.Ended).Message);
    }

    [Fact]
    public async Task A_daemon_that_hangs_up_is_told_and_later_calls_fail_at_once()
    {
        Daemon.On[GetHostname] = (line, _) =>
        {
            line.Hangup();
            return Task.CompletedTask;
        };
        await using var client = await ConnectAsync();

        await FailsAsync(client.ConnectGetHostnameAsync(Cancel));
        var failed = await FailsAsync(client.ConnectGetUriAsync(Cancel));

        Assert.Equal(LibvirtFailure.Transport, failed.Failure);
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff })] // 4 GiB
    [InlineData(new byte[] { 0x02, 0x00, 0x00, 0x05 })] // one byte too many
    [InlineData(new byte[] { 0x00, 0x00, 0x00, 0x00 })]
    [InlineData(new byte[] { 0x00, 0x00, 0x00, 0x1b })] // no room for a header
    [InlineData(new byte[] { 0x48, 0x54, 0x54, 0x50, 0x2f, 0x31, 0x2e, 0x31 })] // "HTTP/1.1"
    public async Task A_message_of_an_impossible_length_ends_the_connection_and_costs_no_memory(byte[] bytes)
    {
        Daemon.OnLine = async (line, cancel) =>
        {
            await line.ReadAsync(cancel);
            await line.RawAsync(bytes);
            await line.ReadAsync(cancel);
        };
        var before = GC.GetTotalAllocatedBytes();

        var failed = await FailsAsync(ConnectAsync());

        Assert.Equal(LibvirtFailure.Protocol, failed.Failure);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 8 * 1024 * 1024);
    }

    [Fact]
    public async Task A_large_length_is_not_believed_before_its_bytes_come()
    {
        Daemon.OnLine = async (line, cancel) =>
        {
            await line.ReadAsync(cancel);
            await line.RawAsync(new Bytes().Int(33554432).Raw(new byte[1000]).ToArray());
            line.Hangup();
        };
        var before = GC.GetTotalAllocatedBytes();

        var failed = await FailsAsync(ConnectAsync());

        Assert.Equal(LibvirtFailure.Transport, failed.Failure);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 8 * 1024 * 1024);
    }

    [Fact]
    public async Task Random_bytes_end_the_connection()
    {
        var noise = new byte[64 * 1024];
        new Random(1).NextBytes(noise);
        Daemon.OnLine = (line, _) => line.RawAsync(noise);

        Assert.Equal(LibvirtFailure.Protocol, (await FailsAsync(ConnectAsync())).Failure);
    }

    [Fact]
    public async Task A_daemon_that_never_answers_ends_the_connect_at_its_timeout()
    {
        var time = new ManualTime();
        var called = new TaskCompletionSource();
        Daemon.OnLine = async (line, cancel) =>
        {
            await line.ReadAsync(cancel);
            called.SetResult();
            await line.ReadAsync(cancel);
        };

        var connect = ConnectAsync(time: time);
        await called.Task;
        time.Advance(TimeSpan.FromSeconds(31));
        var failed = await FailsAsync(connect);

        Assert.Equal(LibvirtFailure.Transport, failed.Failure);
        Assert.Contains("did not answer within 30 s", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_messages_and_serials_are_ignored_and_counted()
    {
        Daemon.On[GetHostname] = async (line, call) =>
        {
            await line.EventAsync(9999, new Bytes().Int(1)); // an event of the future
            await line.RawAsync(Bytes.Frame(0x12345678, 1, 2, 0, 0, [])); // a program of the future
            await line.RawAsync(Bytes.Frame(FakeLine.Remote, call.Procedure, 1, call.Serial + 1000, 0, [])); // nobody's answer
            await line.RawAsync(Bytes.Frame(FakeLine.Remote, 201, 3, 77, 2, [1, 2, 3])); // nobody's stream
            await line.ReplyAsync(call, new Bytes().Text("kvm1"));
        };
        await using var client = await ConnectAsync();

        Assert.Equal("kvm1", await client.ConnectGetHostnameAsync(Cancel));
        Assert.Equal(4, client.IgnoredMessages);
    }

    [Fact]
    public async Task An_answer_to_another_procedure_than_was_called_ends_the_connection()
    {
        Daemon.On[GetHostname] = (line, call) => line.RawAsync(Bytes.Frame(FakeLine.Remote, 3, 1, call.Serial, 0, new Bytes().Text("QEMU").ToArray()));
        await using var client = await ConnectAsync();

        var failed = await FailsAsync(client.ConnectGetHostnameAsync(Cancel));

        Assert.Equal(LibvirtFailure.Protocol, failed.Failure);
        Assert.Contains("ConnectGetHostname", failed.Message, StringComparison.Ordinal);
        Assert.Equal(LibvirtFailure.Protocol, (await client.Ended).Failure);
    }

    [Fact]
    public async Task A_call_of_the_daemon_is_a_violation()
    {
        Daemon.On[GetHostname] = (line, call) => line.RawAsync(Bytes.Frame(FakeLine.Remote, 1, 0, call.Serial, 0, []));
        await using var client = await ConnectAsync();

        Assert.Equal(LibvirtFailure.Protocol, (await FailsAsync(client.ConnectGetHostnameAsync(Cancel))).Failure);
    }

    [Fact]
    public async Task An_unreadable_error_is_still_an_error_of_that_call()
    {
        Daemon.On[GetHostname] = (line, call) => line.RawAsync(Bytes.Frame(FakeLine.Remote, call.Procedure, 1, call.Serial, 1, [0, 0]));
        await using var client = await ConnectAsync();

        var failed = await FailsAsync(client.ConnectGetHostnameAsync(Cancel));

        Assert.Equal(LibvirtFailure.Protocol, failed.Failure);
        Assert.Contains("ConnectGetHostname", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_socket_says_what_to_look_for()
    {
        var failed = await FailsAsync(LibvirtClient.ConnectAsync(
            LibvirtUri.Parse("qemu+unix:///system?socket=/nowhere/sock"), null, LibvirtClientOptions.Default, TimeProvider.System, Cancel));

        Assert.Equal(LibvirtFailure.Transport, failed.Failure);
        Assert.Contains("there is no socket /nowhere/sock", failed.Message, StringComparison.Ordinal);
    }
}
