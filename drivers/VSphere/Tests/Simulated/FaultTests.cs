using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Drivers.VSphere.Tests.Beds;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.VSphere.Tests.Simulated;

/// <summary>A simulated vCenter whose line is bad and whose sessions end. One for all tests of the class.</summary>
public sealed class DisturbedVCenter : IAsyncLifetime
{
    internal Vcsim Simulator { get; private set; } = null!;
    internal IProviderConnection Connection { get; private set; } = null!;
    internal WatchReader Watch { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (Vcsim.Absent is not null)
            return;
        Simulator = await Vcsim.StartAsync(CancellationToken.None, "-vm", "4");
        Connection = await new Plugin().ConnectAsync(Simulator.Address, DriverBed.Context, CancellationToken.None);
        Watch = new WatchReader(Connection);
        _ = await Watch.ListedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Simulator is null)
            return;
        await Watch.DisposeAsync();
        await Connection.DisposeAsync();
        await Simulator.DisposeAsync();
    }
}

public sealed class FaultTests(DisturbedVCenter bed) : IClassFixture<DisturbedVCenter>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);
    private readonly CancellationTokenSource _over = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    private CancellationToken Token => _over.Token;

    public void Dispose() => _over.Dispose();

    [Theory]
    [InlineData("lost")]
    [InlineData("truncate")]
    [InlineData("reset")]
    [InlineData("http503")]
    [InlineData("html")]
    public async Task A_start_whose_answer_is_lost_is_looked_up_and_done(string kind)
    {
        var guest = await GuestAsync("VM0");
        await bed.Simulator.DisturbAsync("PowerOffVM_Task", kind, Token);
        await ((IGuestPower)bed.Connection).StopAsync(guest, Token);
        Assert.Equal(PowerState.Off, (await bed.Connection.ReadGuestAsync(guest.NativeId, Token))!.Power);
        await bed.Simulator.DisturbAsync("PowerOnVM_Task", kind, Token);
        await ((IGuestPower)bed.Connection).StartAsync(guest, Token);
        Assert.Equal(PowerState.On, (await bed.Connection.ReadGuestAsync(guest.NativeId, Token))!.Power);
        _ = await bed.Watch.GuestAsync(guest.Name, g => g.Power == PowerState.On);
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("truncate")]
    [InlineData("reset")]
    public async Task A_guest_whose_making_got_no_answer_is_made_once(string kind)
    {
        Start();
        var name = $"once-{kind}";
        var create = (IGuestCreate)bed.Connection;
        await bed.Simulator.DisturbAsync("CreateVM_Task", kind, Token);
        var plan = await create.PlanCreateAsync(new CreateGuest { Name = name, Provider = "bed", Vcpus = 1, Memory = 1L << 28, Disk = 1L << 20 }, name, Token);
        await new PlanRunner(create, name).RunAsync(plan, Token);
        var made = await bed.Watch.GuestAsync(name, _ => true);
        Assert.Equal(plan.Makes, made.NativeId);
        Assert.Single(bed.Watch.All<Guest>(), guest => guest.Name == name);

        await bed.Simulator.DisturbAsync("CloneVM_Task", kind, Token);
        var clone = (IGuestClone)bed.Connection;
        plan = await clone.PlanCloneAsync(made, new CloneGuest(name + "-copy"), name + "-copy", Token);
        await new PlanRunner(clone, name + "-copy").RunAsync(plan, Token);
        _ = await bed.Watch.GuestAsync(name + "-copy", _ => true);
        Assert.Single(bed.Watch.All<Guest>(), guest => guest.Name == name + "-copy");
    }

    [Fact]
    public async Task A_snapshot_whose_taking_got_no_answer_is_taken_once()
    {
        var guest = await GuestAsync("VM1");
        var snapshots = (IGuestSnapshots)bed.Connection;
        await bed.Simulator.DisturbAsync("CreateSnapshot_Task", "lost", Token);
        await new PlanRunner(snapshots, "s").RunAsync(await snapshots.PlanSnapshotAsync(guest, new CreateSnapshot("only"), "s", Token), Token);
        var taken = await bed.Watch.ObjectAsync<Snapshot>(s => s.Guest == guest.Id && s.Name == "only");
        _ = Assert.Single(bed.Watch.All<Snapshot>(), s => s.Guest == guest.Id);
        await bed.Simulator.DisturbAsync("RemoveSnapshot_Task", "lost", Token);
        await new PlanRunner(snapshots, "d").RunAsync(await snapshots.PlanSnapshotDeleteAsync(guest, taken, "d", Token), Token);
        _ = await bed.Watch.SeenAsync<Gone>(gone => gone.NativeId == taken.NativeId);
    }

    [Fact]
    public async Task A_session_that_ends_is_renewed_for_verbs_and_for_the_watch()
    {
        var guest = await GuestAsync("VM2");
        await bed.Simulator.ExpireAsync(Token);
        var before = bed.Watch.Changes.Length;
        await ((IGuestPower)bed.Connection).StopAsync(guest, Token);
        _ = await bed.Watch.GuestAsync(guest.Name, g => g.Power == PowerState.Off);
        await bed.Simulator.ExpireAsync(Token);
        _ = await bed.Watch.SeenAsync<SnapshotComplete>(_ => true, after: before);
        await using var other = await new Plugin().ConnectAsync(bed.Simulator.Address, DriverBed.Context, Token);
        await ((IGuestPower)other).StartAsync(guest, Token);
        _ = await bed.Watch.GuestAsync(guest.Name, g => g.Power == PowerState.On);
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("truncate")]
    [InlineData("html")]
    [InlineData("http503")]
    public async Task A_wait_for_changes_that_breaks_lists_everything_anew(string kind)
    {
        var guest = await GuestAsync("VM3");
        var before = bed.Watch.Changes.Length;
        await bed.Simulator.DisturbAsync("WaitForUpdatesEx", kind, Token, count: 2);
        _ = await bed.Watch.SeenAsync<SnapshotComplete>(_ => true, after: before);
        Assert.Equal(guest.Id, (await bed.Watch.GuestAsync(guest.Name, _ => true)).Id);
    }

    [Fact]
    public async Task What_a_user_may_not_do_is_PermissionDenied_with_the_systems_words()
    {
        var guest = await GuestAsync("VM3");
        await bed.Simulator.DisturbAsync("RebootGuest", "soap", Token, fault: "NoPermission");
        await bed.Simulator.DisturbAsync("ResetVM_Task", "soap", Token, fault: "NoPermission");
        var e = await Assert.ThrowsAsync<ProviderException>(() => ((IGuestReset)bed.Connection).ResetAsync(guest, Token));
        Assert.Equal((ProviderError.PermissionDenied, "NoPermission", "A test wants NoPermission"), (e.Error, e.NativeCode, e.NativeMessage));
    }

    [Fact]
    public async Task An_alarm_and_an_error_are_told_as_notices_and_the_usual_is_not()
    {
        var guest = await GuestAsync("VM3");
        var other = (Connection)await new Plugin().ConnectAsync(bed.Simulator.Address, DriverBed.Context, Token);
        await using var closing = other;
        await PostAsync(other, "GeneralUserEvent", "nobody asks", null);
        await PostAsync(other, "EventEx", "the datastore is going away", "error");
        var told = await bed.Watch.SeenAsync<Notice>(notice => notice.Text.Contains("going away", StringComparison.Ordinal));
        Assert.Contains("esx.problem.test", told.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(bed.Watch.Changes, change => change is Notice notice && notice.Text.Contains("nobody asks", StringComparison.Ordinal));
        Assert.NotNull(guest);
    }

    private static Task PostAsync(Connection connection, string type, string text, string? severity) =>
        connection.Client.CallAsync(new SoapCall("PostEvent", connection.Client.Content.EventManager, "posting an event", writer => writer.Inside("eventToPost", type, given =>
        {
            given.Number("key", 0);
            given.Number("chainId", 0);
            given.Text("createdTime", "2026-01-01T00:00:00Z");
            given.Text("userName", "");
            given.Text("fullFormattedMessage", text);
            if (severity is null)
            {
                given.Text("message", text);
                return;
            }
            given.Text("eventTypeId", "esx.problem.test");
            given.Text("severity", severity);
            given.Text("message", text);
        })), TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_wrong_password_is_said_to_be_one()
    {
        Start();
        var e = await Assert.ThrowsAsync<ProviderException>(() => new Plugin().ConnectAsync(bed.Simulator.Address with { Password = new Secret("wrong") }, DriverBed.Context, Token));
        Assert.Equal((ProviderError.AuthenticationFailed, "InvalidLogin"), (e.Error, e.NativeCode));
        Assert.Contains(Vcsim.User, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_is_not_the_known_one_is_refused_before_anything_is_sent()
    {
        Start();
        await using var secure = await Vcsim.StartAsync(Token, "-tls", "-vm", "0");
        var address = secure.Address with { Settings = secure.Address.Settings.SetItem("thumbprint", new string('A', 64)) };
        var e = await Assert.ThrowsAsync<ProviderException>(() => new Plugin().ConnectAsync(address, DriverBed.Context, Token));
        Assert.Equal(ProviderError.Unreachable, e.Error);
        Assert.Contains(new string('A', 64), e.Message, StringComparison.Ordinal);
        var shown = e.Message.Split(' ').Select(word => word.TrimEnd(',')).Single(word => word.Length == 64 && word.All(char.IsAsciiHexDigit) && word[0..2] != "AA");
        await using var trusted = await new Plugin().ConnectAsync(address with { Settings = address.Settings.SetItem("thumbprint", shown) }, DriverBed.Context, Token);
        Assert.Equal("VMware vCenter Server", trusted.About.Product);
    }

    private void Start()
    {
        Assert.SkipWhen(Vcsim.Absent is not null, Vcsim.Absent ?? "");
        _over.CancelAfter(Patience);
    }

    private async Task<Guest> GuestAsync(string suffix)
    {
        Start();
        return await bed.Watch.GuestAsync($"DC0_H0_{suffix}", _ => true);
    }
}
