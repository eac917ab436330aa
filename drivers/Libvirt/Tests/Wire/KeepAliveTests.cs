using Anyvisor.Drivers.Libvirt.Tests.FakeDaemon;
using Anyvisor.Drivers.Libvirt.Wire;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Wire;

public sealed class KeepAliveTests : FakeDaemonFixture
{
    private const uint KeepAlive = 0x6b656570;
    private readonly ManualTime _time = new();

    [Fact]
    public async Task A_silent_daemon_is_dead_after_its_count_of_asks()
    {
        Daemon.AnswersPings = false;
        await using var client = await ConnectAsync(time: _time);

        while (!client.Ended.IsCompleted)
            await TickAsync(client);

        var failed = await client.Ended;
        Assert.Equal(LibvirtFailure.Transport, failed.Failure);
        Assert.Contains("did not answer 5 keepalive requests", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_daemon_that_answers_lives_on()
    {
        Daemon.On[GetHostname] = (line, call) => line.ReplyAsync(call, new Bytes().Text("kvm1"));
        await using var client = await ConnectAsync(time: _time);

        for (var i = 0; i < 20; i++)
        {
            await TickAsync(client);
            Assert.Equal("kvm1", await client.ConnectGetHostnameAsync(Cancel));
        }

        Assert.False(client.Ended.IsCompleted);
    }

    [Fact]
    public async Task The_daemons_own_asks_are_answered()
    {
        var answered = new TaskCompletionSource();
        Daemon.OnLine = async (line, cancel) =>
        {
            await line.ReadAsync(cancel);
            await line.RawAsync(Bytes.Frame(KeepAlive, 1, 2, 0, 0, []));
            var answer = (await line.ReadAsync(cancel))!;
            if (answer is { Program: KeepAlive, Procedure: 2, Type: 2 })
                answered.SetResult();
            line.Hangup();
        };

        await FailsAsync(ConnectAsync());

        Assert.True(answered.Task.IsCompletedSuccessfully);
    }

    /// <summary>Lets an interval pass and waits for what it must cause: an ask, or the end.</summary>
    private async Task TickAsync(LibvirtClient client)
    {
        _time.Advance(TimeSpan.FromSeconds(5));
        await Task.WhenAny(Daemon.NextPingAsync(Cancel), client.Ended);
    }
}
