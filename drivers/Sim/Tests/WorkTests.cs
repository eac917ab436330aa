using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Watching;
using Anyvisor.Driver.Work;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Sim.Tests;

/// <summary>Plans are done, done again, looked at and undone, as a task engine that is killed in between would.</summary>
public sealed class WorkTests : IAsyncLifetime
{
    private const string Url = "sim:?hosts=20&guests=400&churn=0&volumes=0";
    private readonly Plugin _plugin = new();
    private IProviderConnection _connection = null!;
    private List<Guest> _guests = [];
    private List<Image> _images = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IWorkSteps Steps => (IWorkSteps)_connection;

    public async ValueTask InitializeAsync()
    {
        _connection = await Bed.ConnectAsync(Url, Stop, _plugin);
        var listed = await Bed.ListAsync(_connection, Stop);
        (_guests, _images) = (listed.Of<Guest>(), listed.Of<Image>());
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private CreateGuest Request => new() { Name = "first", Provider = "big", Image = _images[0].Name, Vcpus = 2, Memory = 1L << 30, Start = true };

    private static WorkContext Context(string task) => new() { TaskId = task, Progress = new Progress<double>(), Log = _ => { } };

    private Task<WorkPlan> PlanAsync(string task, CreateGuest? request = null) => ((IGuestCreate)_connection).PlanCreateAsync(request ?? Request, task, Stop);

    private async Task RunAsync(WorkPlan plan, string task)
    {
        foreach (var step in plan.Steps)
        {
            await Steps.RunStepAsync(step, Context(task), Stop);
            if (step.Name != "revert")
                Assert.Equal(WorkStepState.Done, await Steps.InspectStepAsync(step, Context(task), Stop));
        }
    }

    private async Task<List<Change>> ListAsync()
    {
        await using var connection = await Bed.ConnectAsync(Url, Stop, _plugin);
        return await Bed.ListAsync(connection, Stop);
    }

    [Fact]
    public async Task A_created_guest_is_on_and_listed_with_its_disk()
    {
        var plan = await PlanAsync("task1");
        Assert.Equal(["disk", "define", "start"], plan.Steps.Select(step => step.Name));
        await RunAsync(plan, "task1");
        var listed = await ListAsync();
        var guest = Assert.Single(listed.Of<Guest>(), guest => guest.NativeId == plan.Makes);
        Assert.Equal(("first", PowerState.On, 2, 1L << 30, plan.Host), (guest.Name, guest.Power, guest.Vcpus, guest.Memory, guest.Host));
        Assert.Equal(_images[0].Os, guest.Os);
        Assert.Single(listed.Of<Volume>(), volume => volume.Name == "first-disk");
    }

    [Fact]
    public async Task Doing_every_step_twice_makes_one_guest()
    {
        var plan = await PlanAsync("task1");
        foreach (var step in plan.Steps)
        {
            Assert.Equal(WorkStepState.NotDone, await Steps.InspectStepAsync(step, Context("task1"), Stop));
            await Steps.RunStepAsync(step, Context("task1"), Stop);
            await Steps.RunStepAsync(step, Context("task1"), Stop);
        }
        var listed = await ListAsync();
        Assert.Single(listed.Of<Guest>(), guest => guest.Name == "first");
        Assert.Single(listed.Of<Volume>());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Undoing_after_any_step_leaves_nothing(int done)
    {
        var plan = await PlanAsync("task1");
        foreach (var step in plan.Steps.Take(done))
            await Steps.RunStepAsync(step, Context("task1"), Stop);
        // Also the step that was not begun, and each of them twice.
        foreach (var step in plan.Steps.Take(done + 1).Reverse().SelectMany(step => new[] { step, step }))
            await Steps.UndoStepAsync(step, Context("task1"), Stop);
        var listed = await ListAsync();
        Assert.Equal(_guests.Count, listed.Of<Guest>().Count);
        Assert.Empty(listed.Of<Volume>());
    }

    [Fact]
    public async Task Undo_leaves_what_another_task_made()
    {
        var plan = await PlanAsync("task1");
        await RunAsync(plan, "task1");
        foreach (var step in plan.Steps.Where(step => step.Name != "start").Reverse())
            await Steps.UndoStepAsync(step, Context("task2"), Stop);
        var listed = await ListAsync();
        Assert.Single(listed.Of<Guest>(), guest => guest.Name == "first");
        Assert.Single(listed.Of<Volume>());
    }

    [Fact]
    public async Task What_can_be_refused_beforehand_is()
    {
        async Task<ProviderException> RefusedAsync(CreateGuest request) => await Assert.ThrowsAsync<ProviderException>(() => PlanAsync("task1", request));

        Assert.Equal(ProviderError.Conflict, (await RefusedAsync(Request with { Name = _guests[10].Name })).Error);
        Assert.Contains(_images[0].Name, (await RefusedAsync(Request with { Image = _images[0].Name + "x" })).Message, StringComparison.Ordinal);
        Assert.Equal(ProviderError.CapacityExceeded, (await RefusedAsync(Request with { Memory = 1L << 60 })).Error);
        Assert.Equal(ProviderError.InvalidArgument, (await RefusedAsync(Request with { Vcpus = 100_000 })).Error);
        Assert.Contains("kvm-001", (await RefusedAsync(Request with { Host = "kvm-01" })).Message, StringComparison.Ordinal);
        Assert.Equal(ProviderError.InvalidArgument, (await RefusedAsync(Request with { Networks = ["nowhere"] })).Error);
        Assert.Equal(ProviderError.InvalidArgument, (await RefusedAsync(Request with { Disk = 1 })).Error);
        Assert.Equal(_guests.Count, (await ListAsync()).Of<Guest>().Count);
    }

    [Fact]
    public async Task A_clone_has_its_own_identity_addresses_and_disk()
    {
        var source = _guests.First(guest => _connection.Judge(Verb.Clone, guest).Allowed);
        var plan = await ((IGuestClone)_connection).PlanCloneAsync(source, new CloneGuest("copy"), "task1", Stop);
        await RunAsync(plan, "task1");
        var clone = Assert.Single((await ListAsync()).Of<Guest>(), guest => guest.Name == "copy");
        Assert.Equal((source.Memory, source.Arch, PowerState.Off), (clone.Memory, clone.Arch, clone.Power));
        Assert.NotEqual(source.Nics[0].Mac, clone.Nics[0].Mac);
        Assert.NotEqual(source.Id, clone.Id);
    }

    [Fact]
    public async Task A_deleted_guest_goes_with_its_disk_unless_that_is_kept()
    {
        foreach (var keep in new[] { true, false })
        {
            var made = await PlanAsync($"task{keep}", Request with { Start = false });
            await RunAsync(made, $"task{keep}");
            var guest = (await _connection.ReadGuestAsync(made.Makes!.Value, Stop))!;
            var plan = await ((IGuestDelete)_connection).PlanDeleteAsync(guest, keep, "delete", Stop);
            await RunAsync(plan, "delete");
            await RunAsync(plan, "delete");
            // The one that was kept, and no other.
            Assert.Single((await ListAsync()).Of<Volume>());
            Assert.Null(await _connection.ReadGuestAsync(guest.NativeId, Stop));
        }
    }

    [Fact]
    public async Task A_snapshot_brings_the_guest_back_to_what_it_was()
    {
        var guest = _guests.First(guest => guest.Power == PowerState.On && _connection.Judge(Verb.SnapshotCreate, guest).Allowed && _connection.Judge(Verb.Stop, guest).Allowed);
        var snapshots = (IGuestSnapshots)_connection;
        await RunAsync(await snapshots.PlanSnapshotAsync(guest, new CreateSnapshot("before"), "task1", Stop), "task1");
        var snapshot = Assert.Single((await ListAsync()).Of<Snapshot>());
        Assert.Equal(("before", guest.Id, true, SnapshotConsistency.Memory), (snapshot.Name, snapshot.Guest, snapshot.Current, snapshot.Consistency));

        await ((IGuestResize)_connection).ResizeAsync(guest, 7, null, Stop);
        await ((IGuestPower)_connection).StopAsync(guest, Stop);
        await RunAsync(await snapshots.PlanRevertAsync(guest, snapshot, "task2", Stop), "task2");
        var back = (await _connection.ReadGuestAsync(guest.NativeId, Stop))!;
        Assert.Equal((guest.Vcpus, PowerState.On), (back.Vcpus, back.Power));

        await RunAsync(await snapshots.PlanSnapshotDeleteAsync(guest, snapshot, "task3", Stop), "task3");
        Assert.Empty((await ListAsync()).Of<Snapshot>());
        Assert.Equal(ProviderError.NotFound, (await Assert.ThrowsAsync<ProviderException>(() => snapshots.PlanRevertAsync(guest, snapshot, "task4", Stop))).Error);
    }

    [Fact]
    public async Task A_guest_migrates_within_its_cluster_and_not_beyond()
    {
        var guest = _guests.First(guest => _connection.Judge(Verb.Migrate, guest).Allowed);
        var hosts = (await ListAsync()).Of<Host>();
        var near = hosts.First(host => host.Cluster == guest.Cluster && host.Name != guest.Host);
        var far = hosts.First(host => host.Cluster != guest.Cluster);
        var migrate = (IGuestMigrate)_connection;
        await RunAsync(await migrate.PlanMigrateAsync(guest, near, null, new MigrateGuest(near.Name), "task1", Stop), "task1");
        Assert.Equal(near.Name, (await _connection.ReadGuestAsync(guest.NativeId, Stop))!.Host);
        var refused = await Assert.ThrowsAsync<ProviderException>(() => migrate.PlanMigrateAsync(guest, far, null, new MigrateGuest(far.Name), "task2", Stop));
        Assert.Equal(ProviderError.NotCapable, refused.Error);
    }

    [Fact]
    public async Task An_imported_image_can_be_used_and_deleted_and_the_estate_s_own_stay()
    {
        var store = (IImageStore)_connection;
        var import = new ImageImport { Name = "mine", File = "/spool/x", Format = "qcow2", Capacity = 5L << 30, Arch = Architecture.X86_64 };
        await RunAsync(await store.PlanImportAsync(import, "task1", Stop), "task1");
        var image = Assert.Single((await ListAsync()).Of<Image>(), image => image.Name == "mine");
        Assert.Equal("first", (await PlanAsync("task2", Request with { Image = "mine" })).Steps[1].Arguments["name"]);
        await RunAsync(await store.PlanImageDeleteAsync(image, "task3", Stop), "task3");
        Assert.DoesNotContain((await ListAsync()).Of<Image>(), known => known.Name == "mine");
        Assert.Equal(ProviderError.PermissionDenied, (await Assert.ThrowsAsync<ProviderException>(() => store.PlanImageDeleteAsync(_images[0], "task4", Stop))).Error);
    }
}
