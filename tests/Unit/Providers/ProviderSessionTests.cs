using Anyvisor.Driver;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Anyvisor.Unit.Tests.Providers.Fakes;
using Xunit;

namespace Anyvisor.Unit.Tests.Providers;

/// <summary>What one session does about a provider that is away, silent, or refuses us.</summary>
public sealed class ProviderSessionTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly FakeDriver _driver = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_provider_goes_from_connecting_to_connected_and_its_guests_are_there()
    {
        await using var bed = await ProviderBed.OpenAsync([_driver]);
        await bed.AddAsync("lab");
        await bed.StateAsync("lab", ProviderState.Connected);
        var shown = bed.Registry.Get("lab");
        Assert.Equal(("Fake", "1", 3), (shown.Product, shown.Version, shown.Guests));
        Assert.NotNull(shown.SyncedAt);
        Assert.Null(shown.Problem);
        Assert.Equal(PowerState.On, bed.Guest("lab", 1)!.Power);
    }

    [Fact]
    public async Task Silence_makes_provider_and_guests_unreachable_within_15_s_and_it_comes_back()
    {
        await using var bed = await ProviderBed.OpenAsync([_driver]);
        await bed.AddAsync("lab");
        await bed.StateAsync("lab", ProviderState.Connected);
        var heard = bed.Clock.GetUtcNow().UtcDateTime;
        // The next tries fail: it stays away for as long as the test looks.
        var back = false;
        _driver.OnConnect = (address, _) => back ? Task.FromResult(FakeConnection.WithGuests("lab", 3)) : throw new ProviderException(ProviderError.Unreachable, "no route");
        await bed.AdvanceUntilAsync(() => bed.Guest("lab", 1)!.Presence == Presence.Unreachable, Second, TimeSpan.FromSeconds(15), "unreachable");
        Assert.Equal(ProviderState.Unreachable, bed.Registry.State("lab"));
        Assert.Equal(heard, bed.Guest("lab", 2)!.PresenceSince);
        Assert.Contains("lab", bed.Registry.Get("lab").Problem!.Text, StringComparison.Ordinal);
        Assert.True(_driver.Connections.TryPeek(out var first) && first.Disposed.IsCompleted);

        back = true;
        await bed.AdvanceUntilAsync(() => bed.Registry.State("lab") == ProviderState.Connected, Second, TimeSpan.FromMinutes(3), "back");
        Assert.Null(bed.Registry.Get("lab").Problem);
    }

    [Fact]
    public async Task Heartbeats_keep_a_quiet_provider_connected()
    {
        await using var bed = await ProviderBed.OpenAsync([_driver]);
        await bed.AddAsync("lab");
        await bed.StateAsync("lab", ProviderState.Connected);
        Assert.True(_driver.Connections.TryPeek(out var connection));
        for (var i = 0; i < 20; i++)
        {
            bed.Clock.Advance(TimeSpan.FromSeconds(5));
            var now = bed.Clock.GetUtcNow().UtcDateTime;
            connection.Show(new Heartbeat());
            await ProviderBed.UntilAsync(() => bed.Registry.Get("lab").HeardAt == now, "heard");
        }
        Assert.Equal((ProviderState.Connected, 1), (bed.Registry.State("lab"), _driver.Connects));
    }

    [Fact]
    public async Task A_driver_that_hangs_in_connect_and_ignores_its_token_is_left_at_the_deadline()
    {
        var never = new TaskCompletionSource<FakeConnection>();
        _driver.OnConnect = (_, _) => never.Task;
        await using var bed = await ProviderBed.OpenAsync([_driver]);
        await bed.AddAsync("lab");
        await bed.AdvanceUntilAsync(() => bed.Registry.State("lab") == ProviderState.Unreachable, Second, TimeSpan.FromSeconds(20), "given up");
        Assert.Equal("timed-out", bed.Registry.Get("lab").Problem!.Code);
        // It comes after all, to nobody: it is closed again.
        var late = FakeConnection.WithGuests("lab", 1);
        never.SetResult(late);
        await late.Disposed.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Stop);
    }

    [Theory]
    [InlineData(ProviderError.AuthenticationFailed)]
    [InlineData(ProviderError.PermissionDenied)]
    public async Task Refused_credentials_are_not_tried_again_and_again(ProviderError error)
    {
        _driver.OnConnect = (_, _) => throw new ProviderException(error, "wrong password for root at lab; set it with provider patch") { NativeCode = "45" };
        await using var bed = await ProviderBed.OpenAsync([_driver]);
        await bed.AddAsync("lab");
        await bed.StateAsync("lab", ProviderState.Refused);
        Assert.Equal("45", bed.Registry.Get("lab").Problem!.NativeCode);
        await bed.AdvanceUntilAsync(() => _driver.Connects > 1, TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(11), "the slow retry");
        Assert.True(bed.Clock.GetUtcNow() - Start >= TimeSpan.FromMinutes(10));
        Assert.Equal(2, _driver.Connects);
    }

    [Fact]
    public async Task A_dead_provider_is_tried_with_growing_waits()
    {
        _driver.OnConnect = (_, _) => throw new ProviderException(ProviderError.Unreachable, "no route to host");
        await using var bed = await ProviderBed.OpenAsync([_driver]);
        await bed.AddAsync("lab");
        await bed.AdvanceUntilAsync(() => bed.Clock.GetUtcNow() - Start > TimeSpan.FromMinutes(5), Second * 2, TimeSpan.FromHours(1), "five minutes");
        Assert.InRange(_driver.Connects, 5, 30);
    }

    [Fact]
    public async Task A_provider_that_accepts_and_drops_at_once_makes_no_storm()
    {
        _driver.OnConnect = (address, _) =>
        {
            var connection = FakeConnection.WithGuests("lab", 3);
            connection.Break(new ProviderException(ProviderError.Unreachable, "reset by peer"));
            return Task.FromResult(connection);
        };
        await using var bed = await ProviderBed.OpenAsync([_driver]);
        await bed.AddAsync("lab");
        await bed.AdvanceUntilAsync(() => bed.Clock.GetUtcNow() - Start > TimeSpan.FromMinutes(3), Second * 2, TimeSpan.FromHours(1), "three minutes");
        Assert.InRange(_driver.Connects, 4, 25);
    }

    [Fact]
    public async Task A_long_connection_that_breaks_is_made_anew_at_once()
    {
        await using var bed = await ProviderBed.OpenAsync([_driver]);
        await bed.AddAsync("lab");
        await bed.StateAsync("lab", ProviderState.Connected);
        Assert.True(_driver.Connections.TryPeek(out var connection));
        for (var i = 0; i < 10; i++)
        {
            bed.Clock.Advance(TimeSpan.FromSeconds(10));
            var now = bed.Clock.GetUtcNow().UtcDateTime;
            connection.Show(new Heartbeat());
            await ProviderBed.UntilAsync(() => bed.Registry.Get("lab").HeardAt == now, "heard");
        }
        connection.Break(new ProviderException(ProviderError.Unreachable, "reset by peer"));
        await ProviderBed.UntilAsync(() => _driver.Connects == 2, "connected anew without a move of the clock");
    }

    [Fact]
    public async Task A_refresh_ends_the_wait_and_asks_a_live_connection_for_a_listing()
    {
        var away = true;
        _driver.OnConnect = (_, _) => away ? throw new ProviderException(ProviderError.AuthenticationFailed, "wrong password") : Task.FromResult(FakeConnection.WithGuests("lab", 2));
        await using var bed = await ProviderBed.OpenAsync([_driver]);
        await bed.AddAsync("lab");
        await bed.StateAsync("lab", ProviderState.Refused);
        var error = await Assert.ThrowsAsync<ProviderException>(() => bed.Registry.RefreshAsync("lab", accept: false, Stop));
        Assert.Contains("wrong password", error.Message, StringComparison.Ordinal);

        away = false;
        Assert.Equal(ProviderState.Connected, (await bed.Registry.RefreshAsync("lab", accept: false, Stop)).State);
        var listing = bed.Registry.RefreshAsync("lab", accept: false, Stop);
        Assert.True(_driver.Connections.TryPeek(out var connection));
        await ProviderBed.UntilAsync(() => connection.Refreshes == 1, "asked for a listing");
        connection.ShowListing(FakeGuests.Many("lab", 4));
        Assert.Equal(4, (await listing).Guests);
    }

    [Fact]
    public async Task A_listing_that_never_becomes_whole_is_given_up()
    {
        var connection = new FakeConnection("lab");
        var never = new TaskCompletionSource<FakeConnection>();
        _driver.OnConnect = (_, token) => _driver.Connects > 1 ? never.Task.WaitAsync(token) : Task.FromResult(connection);
        await using var bed = await ProviderBed.OpenAsync([_driver]);
        await bed.AddAsync("lab");
        await bed.StateAsync("lab", ProviderState.Syncing);
        connection.Show(new SnapshotBegin([ObjectKind.Guest]));
        for (var i = 0; i < 61 && bed.Registry.State("lab") == ProviderState.Syncing; i++)
        {
            bed.Clock.Advance(TimeSpan.FromSeconds(10));
            var now = bed.Clock.GetUtcNow().UtcDateTime;
            connection.Show(new Heartbeat());
            await ProviderBed.UntilAsync(() => bed.Registry.State("lab") != ProviderState.Syncing || bed.Registry.Get("lab").HeardAt == now, "heard");
        }
        await bed.StateAsync("lab", ProviderState.Unreachable);
        Assert.Contains("listing", bed.Registry.Get("lab").Problem!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_comes_right_after_a_start_waits_for_the_first_listing_and_later_for_nothing()
    {
        var connecting = new TaskCompletionSource<FakeConnection>();
        _driver.OnConnect = (_, token) => connecting.Task.WaitAsync(token);
        await using var bed = await ProviderBed.OpenAsync([_driver], options: ProviderBed.Quick with { FirstListingWait = TimeSpan.FromSeconds(5) });
        var adding = bed.AddAsync("lab");
        await ProviderBed.UntilAsync(() => bed.Registry.State("lab") == ProviderState.Connecting, "connecting");

        var early = bed.Registry.SettleAsync("lab", Stop);
        Assert.False(early.IsCompleted);
        connecting.SetResult(FakeConnection.WithGuests("lab", 2));
        await early;
        await adding;

        Assert.Equal(ProviderState.Connected, bed.Registry.State("lab"));
        Assert.True(bed.Registry.SettleAsync("lab", Stop).IsCompletedSuccessfully);
        Assert.True(bed.Registry.SettleAsync("nobody", Stop).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Nobody_waits_for_a_first_listing_that_failed()
    {
        _driver.OnConnect = (_, _) => throw new ProviderException(ProviderError.Unreachable, "no route to host");
        await using var bed = await ProviderBed.OpenAsync([_driver], options: ProviderBed.Quick with { FirstListingWait = TimeSpan.FromSeconds(5) });
        await bed.AddAsync("lab");
        await bed.StateAsync("lab", ProviderState.Unreachable);

        Assert.True(bed.Registry.SettleAsync("lab", Stop).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Changes_of_state_are_events()
    {
        await using var bed = await ProviderBed.OpenAsync([_driver]);
        using var read = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var texts = new List<string?>();
        var reading = Task.Run(
            async () =>
            {
                await foreach (var told in bed.Inventory.Events.SubscribeAsync(0, null, read.Token))
                    if (told is { Kind: EventKind.Provider, SubjectId: "lab" })
                    {
                        texts.Add(told.Text);
                        if (told.Text == "connected")
                            break;
                    }
            },
            Stop
        );
        await bed.AddAsync("lab");
        await reading.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Stop);
        Assert.Contains("added", texts);
        Assert.True(texts.IndexOf("syncing") < texts.IndexOf("connected"));
    }

    private static DateTimeOffset Start => new Time.FakeTimeProvider().GetUtcNow();
}
