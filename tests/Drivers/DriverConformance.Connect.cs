using Anyvisor.Driver;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Conformance;

public abstract partial class DriverConformance<TBed>
{
    [Fact]
    public void The_driver_describes_itself()
    {
        var info = Bed.Driver.Info;
        Assert.Matches("^[a-z][a-z0-9-]*$", info.Kind);
        Assert.NotEmpty(info.Description);
        Assert.NotEmpty(info.UrlExamples);
        Assert.All(info.Settings.Concat(info.GuestSettings), setting => Assert.NotEmpty(setting.Help));
        Assert.All(info.Settings.Concat(info.GuestSettings).Where(s => s.Type == SettingType.Choice), setting => Assert.NotEmpty(setting.Choices));
        Assert.Distinct(info.Settings.Select(s => s.Name));
        Assert.Distinct(info.GuestSettings.Select(s => s.Name));
    }

    [Fact]
    public void An_address_is_judged_before_anything_is_sent()
    {
        Assert.Null(Bed.Driver.Validate(Bed.DeadAddress));
        Assert.NotEmpty(Bed.Driver.Validate(Bed.DeadAddress with { Url = Bed.WrongUrl })!);
        Assert.All(Bed.Driver.Info.UrlExamples, url => Assert.Null(Bed.Driver.Validate(Bed.DeadAddress with { Url = url })));
    }

    [Fact]
    public async Task A_system_that_is_not_there_is_Unreachable_and_named()
    {
        var e = await Assert.ThrowsAsync<ProviderException>(() => Bed.Driver.ConnectAsync(Bed.DeadAddress, DriverBed.Context, Token));
        Assert.Equal(ProviderError.Unreachable, e.Error);
        Assert.True(e.Message.Length > 20, e.Message);
    }

    [Fact]
    public async Task Connecting_ends_at_once_when_it_is_cancelled()
    {
        RequireBed();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Bed.Driver.ConnectAsync(Bed.Address, DriverBed.Context, cancelled.Token));
    }

    [Fact]
    public void The_connection_says_what_it_found()
    {
        RequireBed();
        Assert.NotEmpty(Bed.Connection.About.Product);
        Assert.NotEmpty(Bed.Connection.About.Version);
        Assert.True(Bed.Connection.About.Freshness.Events || Bed.Connection.About.Freshness.PollSeconds > 0);
    }

    [Fact]
    public void The_watch_begins_with_one_whole_listing()
    {
        RequireBed();
        var changes = Bed.Watch.Changes;
        var begin = Assert.IsType<SnapshotBegin>(changes[0]);
        Assert.Contains(ObjectKind.Guest, begin.Kinds);
        var listing = changes.TakeWhile(c => c is not SnapshotComplete).Skip(1).ToList();
        Assert.DoesNotContain(listing, c => c is SnapshotBegin or Gone);
        var seen = listing.OfType<Seen>().ToList();
        Assert.Distinct(seen.Select(s => (s.Object.GetType(), s.Object.NativeId)));
        Assert.Contains(seen, s => s.Object is Host);
    }

    [Fact]
    public void Every_object_has_the_identity_that_its_provider_and_kind_give_it()
    {
        RequireBed();
        foreach (var seen in Bed.Watch.Now)
        {
            var o = seen.Object;
            Assert.Equal(Bed.Address.Provider, o.Provider);
            Assert.False(o.NativeId.IsEmpty);
            Assert.NotEmpty(o.Name);
            Assert.Equal(DateTimeKind.Utc, o.ObservedAt.Kind);
            Assert.Equal(ObjectId.Derive(KindOf(o), o.Provider, o.NativeId), o.Id);
        }
    }

    [Fact]
    public async Task A_second_connection_sees_the_same_identities()
    {
        RequireBed();
        await using var again = await Bed.Driver.ConnectAsync(Bed.Address, DriverBed.Context, Token);
        await using var watch = new WatchReader(again);
        await watch.ListedAsync();
        Assert.Superset(
            Bed.Watch.All<Host>().Select(h => h.Id).ToHashSet(),
            watch.All<Host>().Select(h => h.Id).ToHashSet()
        );
        Assert.NotEmpty(watch.Now);
    }

    [Fact]
    public async Task The_watch_shows_that_it_is_alive()
    {
        RequireBed();
        await Bed.Watch.SeenAsync<Heartbeat>(_ => true, after: Bed.Watch.Changes.Length);
    }

    [Fact]
    public async Task A_refresh_lists_everything_anew()
    {
        RequireBed();
        var before = Bed.Watch.Changes.Length;
        Bed.Connection.RequestRefresh();
        var begun = await Bed.Watch.SeenAsync<SnapshotBegin>(b => b.Kinds.Contains(ObjectKind.Guest), after: before);
        await Bed.Watch.SeenAsync<SnapshotComplete>(_ => true, after: Bed.Watch.Changes.IndexOf(begun));
    }

    [Fact]
    public async Task A_guest_that_does_not_exist_reads_as_null()
    {
        RequireBed();
        Assert.Null(await Bed.Connection.ReadGuestAsync(new NativeId(Guid.NewGuid()), Token));
    }

    [Fact]
    public void Every_verb_of_every_guest_is_judged_and_no_refusal_lacks_its_reason()
    {
        RequireBed();
        foreach (var guest in Bed.Watch.All<Guest>())
            foreach (var verb in Enum.GetValues<Verb>())
            {
                var state = Bed.Connection.Judge(verb, guest);
                Assert.Equal(state.Allowed, state.Reason is null);
                if (state.Reason is not { } reason)
                    continue;
                Assert.Matches("^[a-z][a-z0-9-]*$", reason.Code);
                Assert.NotEmpty(reason.Text);
            }
    }

    [Fact]
    public async Task What_the_watch_shows_is_what_reading_shows() =>
        await WithGuestAsync(
            "read",
            async guest =>
            {
                var read = await Bed.Connection.ReadGuestAsync(guest.NativeId, Token);
                Assert.NotNull(read);
                Assert.Equal((guest.Id, guest.Name, guest.Power, guest.Vcpus, guest.Memory), (read.Id, read.Name, read.Power, read.Vcpus, read.Memory));
            }
        );

    private static ObjectKind KindOf(IInventoryObject o) => o switch
    {
        Guest => ObjectKind.Guest,
        Host => ObjectKind.Host,
        Cluster => ObjectKind.Cluster,
        Image => ObjectKind.Image,
        Size => ObjectKind.Size,
        Volume => ObjectKind.Volume,
        Datastore => ObjectKind.Datastore,
        Network => ObjectKind.Network,
        Snapshot => ObjectKind.Snapshot,
        _ => throw new ArgumentOutOfRangeException(nameof(o)),
    };
}
