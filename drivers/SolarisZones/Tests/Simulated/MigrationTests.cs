using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Drivers.SolarisZones.Simulator;
using Anyvisor.Drivers.SolarisZones.Simulator.Estate;
using Anyvisor.Drivers.SolarisZones.Tests.Conformance;
using Anyvisor.Model;
using Anyvisor.Simulation.Ssh;
using Xunit;

namespace Anyvisor.Drivers.SolarisZones.Tests.Simulated;

/// <summary>A zone goes to another global zone with its files, or stays as it was.</summary>
public sealed class MigrationTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("anyvisor-zones-test-");
    private readonly CancellationTokenSource _deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly List<IAsyncDisposable> _open = [];

    private CancellationToken Token => _deadline.Token;

    public ValueTask InitializeAsync()
    {
        _deadline.CancelAfter(TimeSpan.FromSeconds(60));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var open in _open.AsEnumerable().Reverse())
            await open.DisposeAsync();
        _folder.Delete(recursive: true);
        _deadline.Dispose();
    }

    [Theory]
    [InlineData("solaris11")]
    [InlineData("solaris10")]
    [InlineData("omnios")]
    public async Task A_zone_arrives_with_its_files_and_settings_and_nothing_of_it_stays(string flavor)
    {
        var lab = await LabAsync(flavor);
        var guest = lab.Guest;
        var (plan, runner) = await lab.PlanAsync(Token);
        Assert.DoesNotContain(plan.Concerns, c => c.Severity != ConcernSeverity.Information);
        await runner.RunTwiceAsync(plan, Token);
        Assert.Equal(WorkStepState.Done, (await runner.InspectAsync(plan, Token))[^1]);
        var there = await lab.There.GuestAsync(guest.Name, g => g is { Power: PowerState.Off, Lifecycle: Lifecycle.Provisioned });
        Assert.Equal((guest.Vcpus, guest.Memory, guest.Os, "gz2"), (there.Vcpus, there.Memory, there.Os, there.Host));
        Assert.Equal(guest.Nics.Select(n => n.Mac), there.Nics.Select(n => n.Mac));
        Assert.Null(await lab.From.ReadGuestAsync(guest.NativeId, Token));
        Assert.DoesNotContain(guest.Name, string.Join(' ', lab.HostOf(0).Datasets.Keys), StringComparison.Ordinal);
        Assert.Empty(Assert.Single(lab.HostOf(1).Datasets.Values, d => d.Name.EndsWith("/" + guest.Name, StringComparison.Ordinal)).Snapshots);
        await ((IGuestPower)lab.To).StartAsync(there, Token);
        await lab.There.GuestAsync(guest.Name, g => g.Power == PowerState.On);
    }

    [Theory]
    [InlineData("detach")]
    [InlineData("snapshot")]
    [InlineData("send")]
    [InlineData("configure")]
    [InlineData("attach")]
    public async Task When_it_ends_after_any_step_the_zone_comes_back_and_nothing_stays_there(string last)
    {
        var lab = await LabAsync("omnios");
        var (plan, runner) = await lab.PlanAsync(Token);
        foreach (var step in plan.Steps)
        {
            await ((IWorkSteps)lab.From).RunStepAsync(step, runner.Context, Token);
            if (step.Name == last)
                break;
        }
        await runner.UndoAsync(plan, Token);
        await runner.UndoAsync(plan, Token);
        await lab.IsBackAsync(Token);
    }

    [Fact]
    public async Task A_zone_that_the_other_side_refuses_to_attach_comes_back()
    {
        var lab = await LabAsync("solaris11");
        var (plan, runner) = await lab.PlanAsync(Token);
        foreach (var step in plan.Steps.TakeWhile(step => step.Name != "attach"))
            await ((IWorkSteps)lab.From).RunStepAsync(step, runner.Context, Token);
        var host = lab.HostOf(1);
        lock (host.Gate)
            host.RemoveDataset(Assert.Single(host.Datasets.Keys, name => name.EndsWith("/" + lab.Guest.Name, StringComparison.Ordinal)));
        var e = await Assert.ThrowsAsync<ProviderException>(() => ((IWorkSteps)lab.From).RunStepAsync(plan.Steps.Single(s => s.Name == "attach"), runner.Context, Token));
        Assert.Contains("no such file", e.Message, StringComparison.OrdinalIgnoreCase);
        var leave = await Assert.ThrowsAsync<ProviderException>(() => ((IWorkSteps)lab.From).RunStepAsync(plan.Steps[^1], runner.Context, Token));
        Assert.Equal(ProviderError.Conflict, leave.Error);
        await runner.UndoAsync(plan, Token);
        await lab.IsBackAsync(Token);
    }

    [Fact]
    public async Task A_zone_of_that_name_at_the_other_side_that_is_not_what_was_sent_proves_nothing()
    {
        var lab = await LabAsync("omnios");
        var (plan, runner) = await lab.PlanAsync(Token);
        foreach (var step in plan.Steps.SkipLast(1))
            await ((IWorkSteps)lab.From).RunStepAsync(step, runner.Context, Token);
        var (here, there) = (lab.HostOf(0), lab.HostOf(1));
        lock (there.Gate)
            Assert.Single(there.Datasets.Values, d => d.Name.EndsWith("/" + lab.Guest.Name, StringComparison.Ordinal)).Snapshots.Clear();

        var e = await Assert.ThrowsAsync<ProviderException>(() => ((IWorkSteps)lab.From).RunStepAsync(plan.Steps[^1], runner.Context, Token));

        Assert.Equal(ProviderError.Conflict, e.Error);
        lock (here.Gate)
        {
            Assert.Contains(lab.Guest.Name, here.Zones.Keys);
            Assert.Contains(here.Datasets.Keys, name => name.EndsWith("/" + lab.Guest.Name, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_zone_that_is_on_a_name_that_is_taken_and_a_live_migration_are_refused()
    {
        var lab = await LabAsync("omnios");
        await ((IGuestPower)lab.From).StartAsync(lab.Guest, Token);
        Assert.Equal(ProviderError.Conflict, (await Assert.ThrowsAsync<ProviderException>(() => lab.PlanAsync(Token))).Error);
        await ((IGuestPower)lab.From).StopAsync(lab.Guest, Token);
        var migrate = (IGuestMigrate)lab.From;
        Assert.Equal(ProviderError.NotCapable, (await Assert.ThrowsAsync<ProviderException>(() => migrate.PlanMigrateAsync(lab.Guest, lab.Target, lab.To, new MigrateGuest("gz2", Live: true), "t", Token))).Error);
        Assert.Equal(ProviderError.InvalidArgument, (await Assert.ThrowsAsync<ProviderException>(() => migrate.PlanMigrateAsync(lab.Guest, lab.Target, null, new MigrateGuest("gz2"), "t", Token))).Error);
        var host = lab.HostOf(1);
        lock (host.Gate)
            host.Zones[lab.Guest.Name] = new SimZone { Name = lab.Guest.Name, Config = new SimConfig() };
        Assert.Equal(ProviderError.Conflict, (await Assert.ThrowsAsync<ProviderException>(() => lab.PlanAsync(Token))).Error);
    }

    private async Task<Lab> LabAsync(string flavor)
    {
        Assert.SkipWhen(Sshd.Program is null, "sshd is not installed (package openssh-server)");
        var simulation = await ZonesBed.StartAsync(flavor, [], ImmutableSortedDictionary<string, string>.Empty, _folder.FullName, hosts: 2, guests: 40);
        _open.Add(simulation);
        var ports = ((ZonesSimulation)simulation).Hosts;
        var near = ZonesBed.Of(simulation.Address);
        var first = new Uri(near.Url).Port;
        var second = ports.Keys.Single(port => port != first);
        var from = await OpenAsync(near);
        var to = await OpenAsync(near with { Provider = "other", Url = $"ssh://127.0.0.1:{second}" });
        var (here, there) = (new WatchReader(from), new WatchReader(to));
        _open.AddRange([here, there]);
        await here.ListedAsync();
        await there.ListedAsync();
        var guest = here.All<Guest>().First(g => g.Power == PowerState.Off && from.Judge(Verb.Migrate, g).Allowed);
        return new Lab(from, to, there, there.All<Host>()[0], guest, [ports[first], ports[second]]);
    }

    private async Task<IProviderConnection> OpenAsync(ProviderAddress address)
    {
        var connection = await new SolarisZonesDriver().ConnectAsync(address, DriverBed.Context, Token);
        _open.Add(connection);
        return connection;
    }

    private sealed record Lab(IProviderConnection From, IProviderConnection To, WatchReader There, Host Target, Guest Guest, SimHost[] Hosts)
    {
        public SimHost HostOf(int number) => Hosts[number];

        public async Task<(WorkPlan Plan, PlanRunner Runner)> PlanAsync(CancellationToken cancellationToken)
        {
            var task = PlanRunner.NewTask();
            var plan = await ((IGuestMigrate)From).PlanMigrateAsync(Guest, Target, To, new MigrateGuest("gz2"), task, cancellationToken);
            return (plan, new PlanRunner((IWorkSteps)From, task) { Peer = To });
        }

        public async Task IsBackAsync(CancellationToken cancellationToken)
        {
            var back = await From.ReadGuestAsync(Guest.NativeId, cancellationToken);
            Assert.Equal((Guest.Id, PowerState.Off, Lifecycle.Provisioned), (back?.Id, back?.Power, back?.Lifecycle));
            Assert.Empty(HostOf(0).Datasets.Values.SelectMany(d => d.Snapshots));
            Assert.Empty(HostOf(1).Zones);
            Assert.DoesNotContain(HostOf(1).Datasets.Keys, name => name.EndsWith("/" + Guest.Name, StringComparison.Ordinal));
        }
    }
}
