using Anyvisor.Drivers.Libvirt.Tests.FakeDaemon;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Wire.Rpc;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Wire;

public sealed class EventTests : FakeDaemonFixture
{
    private const int Register = 316;
    private const int Lifecycle = 318;
    private const int AgentLifecycle = 348;

    [Fact]
    public async Task Events_come_decoded_and_in_order()
    {
        Daemon.On[Register] = async (line, call) =>
        {
            await line.ReplyAsync(call, new Bytes().Int(call.Int()));
            await line.EventAsync(Lifecycle, new Bytes().Int(0).Domain("web", 7, 3).Int(2).Int(0));
            await line.EventAsync(AgentLifecycle, new Bytes().Int(0).Domain("web", 7, 3).Int(1).Int(2));
        };
        await using var client = await ConnectAsync();

        await client.SubscribeAsync([DomainEventId.Lifecycle], Cancel);
        var events = await client.ReadEventsAsync(Cancel).Take(2).ToListAsync(Cancel);

        var guest = new DomainRef("web", Guid.Parse("00000000-0000-0000-0000-000000000007"), 3);
        Assert.Equal(new LibvirtEvent[] { new DomainLifecycleEvent(0, guest, 2, 0), new DomainAgentLifecycleEvent(0, guest, 1, 2) }, events);
    }

    [Fact]
    public async Task Kinds_that_the_daemon_lacks_are_left_out()
    {
        Daemon.On[Register] = (line, call) =>
        {
            var kind = call.Int();
            return kind < 20
                ? line.ReplyAsync(call, new Bytes().Int(kind))
                : line.ErrorAsync(call, 1, 7, $"unsupported event ID {kind}");
        };
        await using var client = await ConnectAsync();

        var has = await client.SubscribeAsync([DomainEventId.Lifecycle, DomainEventId.MemoryFailure], Cancel);

        Assert.Equal([DomainEventId.Lifecycle], has);
    }

    [Fact]
    public async Task A_flood_is_kept_up_to_its_bound_and_the_loss_is_told()
    {
        const int Sent = 20_000;
        Daemon.On[GetHostname] = async (line, call) =>
        {
            var flood = new Bytes();
            for (var i = 0; i < Sent; i++)
                flood.Raw(Bytes.Frame(FakeLine.Remote, Lifecycle, 2, 0, 0, new Bytes().Int(0).Domain("web", 7, i).Int(2).Int(0).ToArray()));
            await line.RawAsync(flood.ToArray());
            await line.ReplyAsync(call, new Bytes().Text("kvm1"));
        };
        await using var client = await ConnectAsync(new RpcOptions { Events = 100 });

        Assert.Equal("kvm1", await client.ConnectGetHostnameAsync(Cancel)); // Behind the flood: it holds nobody up.
        var events = await client.ReadEventsAsync(Cancel).Take(101).ToListAsync(Cancel);

        Assert.Equal(Enumerable.Range(0, 100), events.Take(100).Select(e => ((DomainLifecycleEvent)e).Domain.Id));
        Assert.Equal(new EventsLostEvent(Sent - 100), events[100]);
    }

    [Fact]
    public async Task An_event_that_cannot_be_read_counts_as_lost()
    {
        Daemon.On[GetHostname] = async (line, call) =>
        {
            await line.EventAsync(Lifecycle, new Bytes().Int(0).Int(-1));
            await line.ReplyAsync(call, new Bytes().Text("kvm1"));
        };
        await using var client = await ConnectAsync();

        await client.ConnectGetHostnameAsync(Cancel);

        Assert.Equal(new EventsLostEvent(1), await client.ReadEventsAsync(Cancel).FirstAsync(Cancel));
    }

    [Fact]
    public async Task Reading_events_ends_with_the_connection()
    {
        Daemon.On[GetHostname] = async (line, _) =>
        {
            await line.EventAsync(Lifecycle, new Bytes().Int(0).Domain("web", 7, 3).Int(2).Int(0));
            line.Hangup();
        };
        await using var client = await ConnectAsync();
        await FailsAsync(client.ConnectGetHostnameAsync(Cancel));

        var seen = 0;
        var failed = await FailsAsync(ReadAsync());

        Assert.Equal(1, seen);
        Assert.Equal(LibvirtFailure.Transport, failed.Failure);

        async Task ReadAsync()
        {
            await foreach (var _ in client.ReadEventsAsync(Cancel))
                seen++;
        }
    }
}
