using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Conformance;

public abstract partial class DriverConformance<TBed>
{
    [Fact]
    public async Task A_guest_is_brought_to_another_host_and_stays_the_same_guest()
    {
        var migrate = Facet<IGuestMigrate>();
        await WithGuestAsync(
            "migrate",
            async guest =>
            {
                Require(Verb.Migrate, guest);
                var target = Bed.MigrationTarget(guest);
                Assert.SkipWhen(target is null, "The bed has no other host that this guest could be brought to.");
                await StartAsync(Facet<IGuestPower>(), guest);
                var on = await Bed.Watch.GuestAsync(guest.Name, g => g.Power == PowerState.On);
                var task = PlanRunner.NewTask();
                var plan = await migrate.PlanMigrateAsync(on, Host(target), null, new MigrateGuest(target, Live: true), task, Token);
                await new PlanRunner(migrate, task).RunTwiceAsync(plan, Token);
                var there = await Bed.Watch.GuestAsync(guest.Name, g => g.Host == target);
                Assert.Equal((guest.Id, PowerState.On), (there.Id, there.Power));
                var e = await Assert.ThrowsAsync<ProviderException>(() => migrate.PlanMigrateAsync(there, Host(target), null, new MigrateGuest(target), "t", Token));
                Assert.Equal(ProviderError.Conflict, e.Error);
                await Facet<IGuestPower>().StopAsync(there, Token);
                await Bed.Watch.GuestAsync(guest.Name, g => g.Power == PowerState.Off);
            }
        );

        Host Host(string name) => Bed.Watch.All<Host>().First(host => host.Name == name);
    }
}
