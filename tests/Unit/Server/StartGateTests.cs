using Anyvisor.Core.Store;
using Anyvisor.Server.Startup;
using Anyvisor.Unit.Tests.Time;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Anyvisor.Unit.Tests.Server;

public sealed class StartGateTests
{
    private readonly TaskCompletionSource _loading = new();
    private readonly FakeTimeProvider _clock = new();
    private int _passed;

    private Task Next(HttpContext http)
    {
        _passed++;
        return Task.CompletedTask;
    }

    private static DefaultHttpContext Asking(string path) => new() { Request = { Path = path } };

    [Fact]
    public async Task A_request_waits_for_the_estate_and_health_does_not()
    {
        var gate = new StartGate(_loading.Task, _clock);
        var list = gate.InvokeAsync(Asking("/api/v1/guests"), Next);
        await gate.InvokeAsync(Asking("/healthz"), Next);
        await gate.InvokeAsync(Asking("/readyz"), Next);

        Assert.Equal((2, false, false), (_passed, gate.IsOpen, list.IsCompleted));
        _loading.SetResult();
        await list;
        Assert.Equal((3, true), (_passed, gate.IsOpen));
    }

    [Fact]
    public async Task Who_waits_too_long_is_told_to_come_back()
    {
        var waiting = new StartGate(_loading.Task, _clock).InvokeAsync(Asking("/api/v1/guests"), Next);
        _clock.Advance(TimeSpan.FromSeconds(10));

        var error = await Assert.ThrowsAsync<StoreException>(() => waiting);
        Assert.Equal(StoreFault.Closed, error.Fault);
        Assert.Contains("starting", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, _passed);
    }

    [Fact]
    public async Task An_estate_that_can_not_be_loaded_lets_nobody_in()
    {
        var gate = new StartGate(_loading.Task, _clock);
        _loading.SetException(new IOException("no disk"));

        await Assert.ThrowsAsync<StoreException>(() => gate.InvokeAsync(Asking("/api/v1/guests"), Next));
        Assert.False(gate.IsOpen);
    }
}
