using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Anyvisor.Unit.Tests.Providers.Fakes;
using Xunit;

namespace Anyvisor.Unit.Tests.Providers;

/// <summary>Listings that say success and are not true.</summary>
public sealed class LyingProviderTests
{
    private readonly FakeDriver _driver = new() { OnConnect = (address, _) => Task.FromResult(FakeConnection.WithGuests(address.Provider, 100)) };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task<(ProviderBed Bed, FakeConnection Connection)> OpenAsync()
    {
        var bed = await ProviderBed.OpenAsync([_driver]);
        await bed.AddAsync("lab");
        await bed.StateAsync("lab", ProviderState.Connected);
        Assert.True(_driver.Connections.TryPeek(out var connection));
        return (bed, connection);
    }

    private static Task<Provider> ListAsync(ProviderBed bed, FakeConnection connection, int guests)
    {
        var refreshed = bed.Registry.RefreshAsync("lab", accept: false, Stop);
        connection.ShowListing(FakeGuests.Many("lab", guests));
        return refreshed;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    public async Task A_large_drop_asks_a_person_however_often_it_is_repeated(int left)
    {
        var (bed, connection) = await OpenAsync();
        await using var _ = bed;
        for (var i = 0; i < 3; i++)
        {
            var told = await ListAsync(bed, connection, left);
            Assert.Equal((ProviderState.Suspicious, "suspicious-listing"), (told.State, told.Problem!.Code));
            Assert.Contains($"{100 - left} of 100", told.Problem.Text, StringComparison.Ordinal);
            Assert.Equal(Presence.Present, bed.Guest("lab", 100)!.Presence);
        }
        var accepted = await bed.Registry.RefreshAsync("lab", accept: true, Stop);
        Assert.Equal(ProviderState.Connected, accepted.State);
        Assert.Equal(Presence.Missing, bed.Guest("lab", 100)!.Presence);
    }

    [Fact]
    public async Task A_lie_that_is_taken_back_leaves_no_trace()
    {
        var (bed, connection) = await OpenAsync();
        await using var _ = bed;
        await ListAsync(bed, connection, 0);
        var told = await ListAsync(bed, connection, 100);
        Assert.Equal((ProviderState.Connected, null), (told.State, told.Problem));
        Assert.All(Enumerable.Range(1, 100), number => Assert.Equal(Presence.Present, bed.Guest("lab", number)!.Presence));
    }

    [Fact]
    public async Task A_small_loss_is_missing_at_the_second_listing_and_not_at_the_first()
    {
        var (bed, connection) = await OpenAsync();
        await using var _ = bed;
        Assert.Equal(ProviderState.Connected, (await ListAsync(bed, connection, 98)).State);
        Assert.Equal(Presence.Present, bed.Guest("lab", 99)!.Presence);
        await ListAsync(bed, connection, 98);
        Assert.Equal(Presence.Missing, bed.Guest("lab", 99)!.Presence);
        Assert.Equal(Presence.Present, bed.Guest("lab", 98)!.Presence);
    }

    [Fact]
    public async Task A_listing_that_breaks_off_makes_nothing_missing()
    {
        var (bed, connection) = await OpenAsync();
        await using var _ = bed;
        for (var i = 0; i < 3; i++)
        {
            connection.Show(new SnapshotBegin([ObjectKind.Guest]), new Seen(FakeGuests.One("lab", 1)));
            connection.Break(new IOException("reset by peer"));
            var connects = _driver.Connects;
            await bed.AdvanceUntilAsync(() => _driver.Connects > connects, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), "connected anew");
            await bed.StateAsync("lab", ProviderState.Connected);
            connection = _driver.Connections.Last();
        }
        Assert.Equal(Presence.Present, bed.Guest("lab", 100)!.Presence);
    }
}
