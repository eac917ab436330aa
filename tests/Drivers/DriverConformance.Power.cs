using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Conformance;

public abstract partial class DriverConformance<TBed>
{
    [Fact]
    public async Task A_guest_starts_and_stops_and_the_watch_shows_it()
    {
        var power = Facet<IGuestPower>();
        await WithGuestAsync(
            "power",
            async guest =>
            {
                await StartAsync(power, guest);
                var on = await Bed.Watch.GuestAsync(guest.Name, g => g.Power == PowerState.On);
                Assert.NotEmpty(on.Raw);
                Assert.Equal(ProviderError.Conflict, (await Assert.ThrowsAsync<ProviderException>(() => power.StartAsync(on, Token))).Error);
                Require(Verb.Stop, on);
                await power.StopAsync(on, Token);
                var off = await Bed.Watch.GuestAsync(guest.Name, g => g.Power == PowerState.Off);
                Assert.False(Bed.Connection.Judge(Verb.Stop, off).Allowed);
                Assert.Equal(ProviderError.Conflict, (await Assert.ThrowsAsync<ProviderException>(() => power.StopAsync(off, Token))).Error);
            }
        );
    }

    [Fact]
    public async Task Unknown_guest_is_NotFound_and_keeps_the_provider_code()
    {
        var power = Facet<IGuestPower>();
        await WithGuestAsync(
            "unknown",
            async guest =>
            {
                var e = await Assert.ThrowsAsync<ProviderException>(() => power.StartAsync(guest with { NativeId = new NativeId(Guid.NewGuid()) }, Token));
                Assert.Equal(ProviderError.NotFound, e.Error);
                Assert.NotEmpty(e.NativeCode!);
                Assert.Contains(guest.Name, e.Message, StringComparison.Ordinal);
            }
        );
    }

    [Fact]
    public async Task A_guest_pauses_and_goes_on()
    {
        var pause = Facet<IGuestPause>();
        await WithGuestAsync(
            "pause",
            async guest =>
            {
                await StartAsync(Facet<IGuestPower>(), guest);
                var on = await Bed.Watch.GuestAsync(guest.Name, g => g.Power == PowerState.On);
                Require(Verb.Pause, on);
                await pause.PauseAsync(on, Token);
                var paused = await Bed.Watch.GuestAsync(guest.Name, g => g.Power == PowerState.Paused);
                Require(Verb.Resume, paused);
                await pause.ResumeAsync(paused, Token);
                await Bed.Watch.GuestAsync(guest.Name, g => g.Power == PowerState.On);
            }
        );
    }

    [Fact]
    public async Task A_guest_is_suspended_to_disk_and_goes_on()
    {
        var suspend = Facet<IGuestSuspend>();
        await WithGuestAsync(
            "suspend",
            async guest =>
            {
                await StartAsync(Facet<IGuestPower>(), guest);
                var on = await Bed.Watch.GuestAsync(guest.Name, g => g.Power == PowerState.On);
                Require(Verb.Suspend, on);
                await Bed.ReadyAsync(on, Token);
                await suspend.SuspendAsync(on, Token);
                var suspended = await Bed.Watch.GuestAsync(guest.Name, g => g.Power == PowerState.Suspended);
                await suspend.ResumeAsync(suspended, Token);
                await Bed.Watch.GuestAsync(guest.Name, g => g.Power == PowerState.On);
            }
        );
    }

    [Fact]
    public async Task A_guest_is_reset()
    {
        var reset = Facet<IGuestReset>();
        await WithGuestAsync(
            "reset",
            async guest =>
            {
                await StartAsync(Facet<IGuestPower>(), guest);
                var on = await Bed.Watch.GuestAsync(guest.Name, g => g.Power == PowerState.On);
                Require(Verb.Reset, on);
                await reset.ResetAsync(on, Token);
                Assert.Equal(PowerState.On, (await Bed.Connection.ReadGuestAsync(on.NativeId, Token))!.Power);
            }
        );
    }

    [Fact]
    public async Task A_guest_is_asked_to_shut_down()
    {
        var shutdown = Facet<IGuestShutdown>();
        await WithGuestAsync(
            "shutdown",
            async guest =>
            {
                Assert.SkipUnless(Bed.Obeys, "The bed's guests have no operating system that would answer.");
                await StartAsync(Facet<IGuestPower>(), guest);
                var on = await Bed.Watch.GuestAsync(guest.Name, g => g.Power == PowerState.On);
                Require(Verb.Shutdown, on);
                await Bed.ReadyAsync(on, Token);
                await shutdown.ShutdownAsync(on, Token);
                await Bed.Watch.GuestAsync(guest.Name, g => g.Power == PowerState.Off);
            }
        );
    }
}
