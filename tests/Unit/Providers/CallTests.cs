using Anyvisor.Core.Providers;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Anyvisor.Unit.Tests.Providers.Fakes;
using Xunit;

namespace Anyvisor.Unit.Tests.Providers;

/// <summary>Calls to a provider end when they should, as what they should, whatever the driver does.</summary>
public sealed class CallTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);
    private readonly FakeDriver _driver = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task<(ProviderBed Bed, FakeConnection Connection)> OpenAsync(ProviderOptions? options = null)
    {
        var bed = await ProviderBed.OpenAsync([_driver], options: options);
        await bed.AddAsync("lab");
        await bed.StateAsync("lab", ProviderState.Connected);
        Assert.True(_driver.Connections.TryPeek(out var connection));
        return (bed, connection);
    }

    private static Task StartAsync(ProviderBed bed, CancellationToken cancellationToken, int guest = 1) =>
        bed.Registry.CallAsync("lab", "start", (connection, token) => ((IGuestPower)connection).StartAsync(FakeGuests.One("lab", guest), token), Deadline, cancellationToken);

    [Fact]
    public async Task A_hung_call_ends_at_its_deadline_though_the_driver_ignores_it()
    {
        var (bed, connection) = await OpenAsync();
        await using var _ = bed;
        var never = new TaskCompletionSource();
        connection.OnStart = (_, _) => never.Task;
        var call = StartAsync(bed, Stop);
        await ProviderBed.UntilAsync(() => connection.Starts == 1, "begun");
        bed.Clock.Advance(Deadline);
        var error = await Assert.ThrowsAsync<ProviderException>(() => call);
        Assert.Equal((ProviderError.TimedOut, true), (error.Error, error.OutcomeUnknown));
        Assert.Equal(ProviderState.Connected, bed.Registry.State("lab"));
        never.SetResult();
    }

    [Fact]
    public async Task One_hung_guest_does_not_hold_up_its_neighbours()
    {
        var (bed, connection) = await OpenAsync();
        await using var _ = bed;
        var never = new TaskCompletionSource();
        connection.OnStart = (guest, _) => guest.Name == "guest1" ? never.Task : Task.CompletedTask;
        var hung = StartAsync(bed, Stop, guest: 1);
        for (var i = 0; i < 50; i++)
            await StartAsync(bed, Stop, guest: 2);
        Assert.False(hung.IsCompleted);
        never.SetResult();
        await hung;
    }

    [Fact]
    public async Task No_more_calls_at_once_than_allowed_and_the_next_says_that_it_was_not_begun()
    {
        var (bed, connection) = await OpenAsync(ProviderBed.Quick with { CallsAtOnce = 2 });
        await using var _ = bed;
        var gate = new TaskCompletionSource();
        connection.OnStart = (_, _) => gate.Task;
        Task[] calls = [StartAsync(bed, Stop), StartAsync(bed, Stop)];
        await ProviderBed.UntilAsync(() => connection.Starts == 2, "two begun");
        var third = bed.Registry.CallAsync("lab", "start", (c, token) => ((IGuestPower)c).StartAsync(FakeGuests.One("lab", 1), token), Deadline / 2, Stop);
        bed.Clock.Advance(Deadline / 2);
        var error = await Assert.ThrowsAsync<ProviderException>(() => third);
        Assert.Equal((ProviderError.TimedOut, false, 2), (error.Error, error.OutcomeUnknown, connection.Starts));
        gate.SetResult();
        await Task.WhenAll(calls);
        await StartAsync(bed, Stop);
    }

    [Fact]
    public async Task After_a_row_of_timeouts_calls_fail_at_once_and_later_are_tried_again()
    {
        var (bed, connection) = await OpenAsync();
        await using var _ = bed;
        connection.OnStart = (_, _) => throw new ProviderException(ProviderError.TimedOut, "no answer");
        for (var i = 0; i < 5; i++)
            await Assert.ThrowsAsync<ProviderException>(() => StartAsync(bed, Stop));
        Assert.Equal(ProviderError.Unreachable, (await Assert.ThrowsAsync<ProviderException>(() => StartAsync(bed, Stop))).Error);
        Assert.Equal(5, connection.Starts);
        connection.OnStart = (_, _) => Task.CompletedTask;
        bed.Clock.Advance(TimeSpan.FromSeconds(10));
        connection.Show(new Heartbeat());
        await StartAsync(bed, Stop);
    }

    [Fact]
    public async Task Refusals_of_the_system_open_no_circuit()
    {
        var (bed, connection) = await OpenAsync();
        await using var _ = bed;
        connection.OnStart = (_, _) => throw new ProviderException(ProviderError.Conflict, "is on already") { NativeCode = "55" };
        for (var i = 0; i < 20; i++)
            Assert.Equal("55", (await Assert.ThrowsAsync<ProviderException>(() => StartAsync(bed, Stop))).NativeCode);
        Assert.Equal(20, connection.Starts);
    }

    [Fact]
    public async Task Whatever_a_driver_throws_comes_out_as_a_provider_exception()
    {
        var (bed, connection) = await OpenAsync();
        await using var _ = bed;
        foreach (var odd in new Exception[] { new InvalidOperationException("canary"), new OperationCanceledException("canary"), new OutOfMemoryException("canary") })
        {
            connection.OnStart = (_, _) => throw odd;
            var error = await Assert.ThrowsAsync<ProviderException>(() => StartAsync(bed, Stop));
            Assert.Equal((ProviderError.ProviderFault, true), (error.Error, error.OutcomeUnknown));
            Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Who_gives_up_gets_his_cancellation()
    {
        var (bed, connection) = await OpenAsync();
        await using var _ = bed;
        var never = new TaskCompletionSource();
        connection.OnStart = (_, _) => never.Task;
        using var given = new CancellationTokenSource();
        var call = StartAsync(bed, given.Token);
        await ProviderBed.UntilAsync(() => connection.Starts == 1, "begun");
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        never.SetResult();
    }

    [Fact]
    public async Task A_connection_that_ends_ends_its_calls_with_an_unknown_outcome()
    {
        var (bed, connection) = await OpenAsync();
        await using var _ = bed;
        var never = new TaskCompletionSource();
        connection.OnStart = (_, _) => never.Task;
        var call = StartAsync(bed, Stop);
        await ProviderBed.UntilAsync(() => connection.Starts == 1, "begun");
        connection.Break(new ProviderException(ProviderError.Unreachable, "reset by peer"));
        var error = await Assert.ThrowsAsync<ProviderException>(() => call);
        Assert.Equal((ProviderError.Unreachable, true), (error.Error, error.OutcomeUnknown));
        never.SetResult();
    }

    [Fact]
    public async Task Nobody_waits_for_a_provider_that_is_not_connected()
    {
        _driver.OnConnect = (_, _) => throw new ProviderException(ProviderError.Unreachable, "no route to host");
        await using var bed = await ProviderBed.OpenAsync([_driver]);
        await bed.AddAsync("lab");
        await bed.StateAsync("lab", ProviderState.Unreachable);
        var error = await Assert.ThrowsAsync<ProviderException>(() => StartAsync(bed, Stop));
        Assert.Equal((ProviderError.Unreachable, false), (error.Error, error.OutcomeUnknown));
        Assert.Contains("no route to host", error.Message, StringComparison.Ordinal);
        var unknown = await Assert.ThrowsAsync<ProviderException>(() => bed.Registry.CallAsync("nobody", "start", (_, _) => Task.CompletedTask, Deadline, Stop));
        Assert.Equal(ProviderError.NotFound, unknown.Error);
    }
}
