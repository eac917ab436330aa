using Anyvisor.Drivers.Libvirt.Tests.FakeDaemon;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Wire.Rpc;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Wire;

public sealed class RpcCallTests : FakeDaemonFixture
{
    private const int ManagedSave = 182;

    [Fact]
    public async Task Five_hundred_calls_are_on_their_way_at_once()
    {
        var seen = 0;
        var all = new TaskCompletionSource();
        Daemon.On[GetXml] = async (line, call) =>
        {
            if (Interlocked.Increment(ref seen) == 500)
                all.SetResult();
            await all.Task;
            await line.ReplyAsync(call, new Bytes().Text($"<domain>{call.Text()}</domain>"));
        };
        Daemon.Delay = TimeSpan.FromMilliseconds(10);
        await using var client = await ConnectAsync();

        // The daemon answers none of them before it has seen the last.
        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => client.DomainGetXmlDescAsync(Guest($"g{i}"), 0, Cancel)));

        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"<domain>g{i}</domain>"), answers);
        Assert.Equal(500, Daemon.MostAtOnce);
    }

    [Fact]
    public async Task Answers_in_another_order_reach_their_callers()
    {
        FakeCall? first = null;
        Daemon.On[GetXml] = async (line, call) =>
        {
            if (first is null)
            {
                first = call;
                return;
            }
            await line.ReplyAsync(call, new Bytes().Text("second"));
            await line.ReplyAsync(first, new Bytes().Text("first"));
        };
        await using var client = await ConnectAsync();

        var answers = await Task.WhenAll(client.DomainGetXmlDescAsync(Guest("a"), 0, Cancel), client.DomainGetXmlDescAsync(Guest("b"), 0, Cancel));

        Assert.Equal(["first", "second"], answers);
    }

    [Fact]
    public async Task An_answer_that_comes_byte_by_byte_is_an_answer()
    {
        Daemon.On[GetHostname] = async (line, call) =>
        {
            foreach (var b in Bytes.Frame(FakeLine.Remote, call.Procedure, 1, call.Serial, 0, new Bytes().Text("kvm1").ToArray()))
                await line.RawAsync(new[] { b });
        };
        await using var client = await ConnectAsync();

        Assert.Equal("kvm1", await client.ConnectGetHostnameAsync(Cancel));
    }

    [Fact]
    public async Task A_call_ends_at_its_deadline_and_its_late_answer_harms_nobody()
    {
        var hung = new TaskCompletionSource<(FakeLine, FakeCall)>();
        Daemon.On[GetXml] = (line, call) =>
        {
            hung.SetResult((line, call));
            return Task.CompletedTask;
        };
        Daemon.On[GetHostname] = (line, call) => line.ReplyAsync(call, new Bytes().Text("kvm1"));
        await using var client = await ConnectAsync();
        using var deadline = new CancellationTokenSource();

        var call = client.DomainGetXmlDescAsync(Guest("a"), 0, deadline.Token);
        var (line, waiting) = await hung.Task;
        await deadline.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await line.ReplyAsync(waiting, new Bytes().Text("late"));

        Assert.Equal("kvm1", await client.ConnectGetHostnameAsync(Cancel));
        Assert.Equal(0, client.UnansweredCalls);
        Assert.Equal(0, client.IgnoredMessages);
    }

    [Fact]
    public async Task The_daemons_error_comes_with_its_code_and_text()
    {
        Daemon.On[GetXml] = (line, call) => line.ErrorAsync(call, 42, 10, "Domain not found: no domain with matching name 'a'");
        await using var client = await ConnectAsync();

        var failed = await FailsAsync(client.DomainGetXmlDescAsync(Guest("a"), 0, Cancel));

        Assert.Equal(LibvirtFailure.Remote, failed.Failure);
        Assert.Equal(LibvirtErrorCode.NoDomain, failed.Code);
        Assert.Equal(10, failed.ErrorDomain);
        Assert.Equal("DomainGetXmlDesc", failed.Procedure);
        Assert.Contains("no domain with matching name", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_procedure_that_the_daemon_lacks_is_told_apart()
    {
        await using var client = await ConnectAsync();

        Assert.True((await FailsAsync(client.ConnectGetSysinfoAsync(0, Cancel))).IsNotImplemented);
    }

    [Fact]
    public async Task An_unreadable_answer_fails_its_call_alone_and_names_it()
    {
        Daemon.On[GetXml] = (line, call) => line.ReplyAsync(call, new Bytes().Int(int.MaxValue));
        Daemon.On[GetHostname] = (line, call) => line.ReplyAsync(call, new Bytes().Text("kvm1"));
        await using var client = await ConnectAsync();

        var failed = await FailsAsync(client.DomainGetXmlDescAsync(Guest("a"), 0, Cancel));

        Assert.Equal(LibvirtFailure.Protocol, failed.Failure);
        Assert.Contains("DomainGetXmlDesc", failed.Message, StringComparison.Ordinal);
        Assert.Equal("kvm1", await client.ConnectGetHostnameAsync(Cancel));
    }

    [Fact]
    public async Task Slow_calls_leave_the_daemon_places_for_quick_ones()
    {
        var slow = new List<(FakeLine Line, FakeCall Call)>();
        Daemon.On[ManagedSave] = (line, call) =>
        {
            slow.Add((line, call));
            return Task.CompletedTask;
        };
        Daemon.On[GetHostname] = (line, call) => line.ReplyAsync(call, new Bytes().Text("kvm1"));
        await using var client = await ConnectAsync(new RpcOptions { SlowCalls = 2 });

        var saves = Enumerable.Range(0, 3).Select(i => client.DomainManagedSaveAsync(Guest($"g{i}"), 0, Cancel)).ToList();
        Assert.Equal("kvm1", await client.ConnectGetHostnameAsync(Cancel));
        Assert.Equal(2, slow.Count);
        await slow[0].Line.ReplyAsync(slow[0].Call);
        await saves[0];
        await client.ConnectGetHostnameAsync(Cancel);

        Assert.Equal("kvm1", await client.ConnectGetHostnameAsync(Cancel));
        await slow[1].Line.ReplyAsync(slow[1].Call);
        await saves[1];
    }

    [Fact]
    public async Task A_call_cancelled_before_its_turn_is_never_sent()
    {
        var sent = new List<string>();
        Daemon.On[ManagedSave] = (_, call) =>
        {
            sent.Add(call.Text());
            return Task.CompletedTask;
        };
        Daemon.On[GetHostname] = (line, call) => line.ReplyAsync(call, new Bytes().Text("kvm1"));
        await using var client = await ConnectAsync(new RpcOptions { SlowCalls = 1 });
        using var impatient = new CancellationTokenSource();

        var first = client.DomainManagedSaveAsync(Guest("first"), 0, Cancel);
        var second = client.DomainManagedSaveAsync(Guest("second"), 0, impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await client.ConnectGetHostnameAsync(Cancel);
        await client.DisposeAsync();

        Assert.Equal(LibvirtFailure.Transport, (await FailsAsync(first)).Failure);
        Assert.Equal(["first"], sent);
    }

    [Fact]
    public async Task A_daemon_that_leaves_every_call_unanswered_counts_as_hung()
    {
        Daemon.On[GetXml] = (_, _) => Task.CompletedTask;
        Daemon.On[GetHostname] = (line, call) => line.ReplyAsync(call, new Bytes().Text("kvm1"));
        await using var client = await ConnectAsync(new RpcOptions { AbandonedCalls = 10 });

        for (var i = 0; i < 11; i++)
        {
            using var deadline = new CancellationTokenSource();
            var call = client.DomainGetXmlDescAsync(Guest("a"), 0, deadline.Token);
            await Task.WhenAny(client.ConnectGetHostnameAsync(Cancel)); // The one before it has been sent.
            await deadline.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }

        Assert.Contains("unanswered past their deadlines", (await client.Ended).Message, StringComparison.Ordinal);
    }

    private static DomainRef Guest(string name) => new(name, Guid.Empty, -1);
}
