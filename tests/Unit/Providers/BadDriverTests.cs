using Anyvisor.Core.Providers;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Anyvisor.Unit.Tests.Providers.Fakes;
using Xunit;

namespace Anyvisor.Unit.Tests.Providers;

/// <summary>A driver may do anything: it shows as its provider's problem, and others go on.</summary>
public sealed class BadDriverTests
{
    private readonly FakeDriver _bad = new("bad");
    private readonly FakeDriver _good = new("good");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<Type> OddExceptions =>
        [typeof(InvalidOperationException), typeof(NullReferenceException), typeof(OperationCanceledException), typeof(ObjectDisposedException), typeof(OutOfMemoryException), typeof(AggregateException)];

    [Theory]
    [MemberData(nameof(OddExceptions))]
    public async Task An_odd_exception_in_connect_is_contained(Type type)
    {
        _bad.OnConnect = (_, _) => throw Odd(type);
        await IsContainedAsync();
    }

    [Theory]
    [MemberData(nameof(OddExceptions))]
    public async Task An_odd_exception_in_the_middle_of_a_listing_is_contained(Type type)
    {
        _bad.OnConnect = (_, _) => Task.FromResult(new FakeConnection("bad") { OnWatch = _ => Broken(Odd(type)) });
        await IsContainedAsync();
        Assert.Null(bedGuest);
    }

    private Guest? bedGuest;

    [Fact]
    public async Task No_connection_and_no_about_are_contained()
    {
        _bad.OnConnect = (_, _) => Task.FromResult<FakeConnection>(null!);
        await IsContainedAsync();
        _bad.OnConnect = (_, _) => Task.FromResult(new FakeConnection("bad") { OnAbout = () => throw new InvalidOperationException("about") });
        await IsContainedAsync();
    }

    [Fact]
    public async Task An_object_of_another_provider_is_not_taken_in()
    {
        _bad.OnConnect = (_, _) => Task.FromResult(FakeConnection.WithGuests("good", 50));
        await using var bed = await BothAsync();
        await bed.StateAsync("bad", ProviderState.Unreachable);
        Assert.Equal("protocol-violation", bed.Registry.Get("bad").Problem!.Code);
        Assert.Equal(3, bed.Registry.Get("good").Guests);
        Assert.Null(bed.Guest("good", 50));
    }

    [Fact]
    public async Task A_missing_change_and_an_end_without_a_beginning_are_violations()
    {
        foreach (var change in new Change?[] { null, new SnapshotComplete() })
        {
            _bad.OnConnect = (_, _) =>
            {
                var connection = new FakeConnection("bad");
                connection.Show(change!);
                return Task.FromResult(connection);
            };
            await using var bed = await BothAsync();
            await bed.StateAsync("bad", ProviderState.Unreachable);
            Assert.Equal("protocol-violation", bed.Registry.Get("bad").Problem!.Code);
        }
    }

    [Fact]
    public async Task Stopping_does_not_wait_for_a_driver_that_ignores_everything()
    {
        var never = new TaskCompletionSource();
        _bad.OnConnect = (_, _) => Task.FromResult(new FakeConnection("bad") { IgnoresCancellation = true, OnDispose = () => never.Task });
        // In real time: this is about threads that do not come back.
        var options = ProviderBed.Quick with { CloseDeadline = TimeSpan.FromMilliseconds(100) };
        var bed = await ProviderBed.OpenAsync([_bad], TimeProvider.System, options);
        await bed.AddAsync("bad", "bad");
        await bed.StateAsync("bad", ProviderState.Syncing);
        await bed.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Stop);
        never.SetResult();
    }

    /// <summary>One that hangs in connect, one that hangs in its stream, one that throws, one that floods: ten others go on.</summary>
    [Fact]
    public async Task Bad_providers_hold_up_nobody()
    {
        var never = new TaskCompletionSource<FakeConnection>();
        _bad.OnConnect = (address, _) =>
            address.Provider switch
            {
                "hangs" => never.Task,
                "stalls" => Task.FromResult(Stalled(address.Provider)),
                "throws" => throw new InvalidOperationException("odd"),
                _ => Task.FromResult(new FakeConnection(address.Provider) { OnWatch = token => Flood(address.Provider, token) }),
            };
        await using var bed = await ProviderBed.OpenAsync([_bad, _good], TimeProvider.System, new ProviderOptions { FirstListingWait = TimeSpan.Zero, CloseDeadline = TimeSpan.FromMilliseconds(500) });
        string[] bad = ["hangs", "stalls", "throws", "floods"];
        foreach (var name in bad)
            await bed.AddAsync(name, "bad");
        string[] good = [.. Enumerable.Range(0, 10).Select(n => $"good{n}")];
        foreach (var name in good)
            await bed.AddAsync(name, "good");
        foreach (var name in good)
            await bed.StateAsync(name, ProviderState.Connected);

        // Progress, not time: a hundred rounds of changes come through at every good one while the bad ones are at it.
        for (var round = 1; round <= 100; round++)
        {
            foreach (var connection in _good.Connections)
                connection.Show(new Seen(FakeGuests.One(connection.Provider, 1) with { Vcpus = round }));
            await ProviderBed.UntilAsync(() => good.All(name => bed.Guest(name, 1)!.Vcpus == round), $"round {round}");
        }
        Assert.All(good, name => Assert.Equal(ProviderState.Connected, bed.Registry.State(name)));
        Assert.Equal(10, _good.Connects);
        Assert.Equal(1000, bed.Registry.Get("floods").Guests);
    }

    private async Task IsContainedAsync()
    {
        await using var bed = await BothAsync();
        await bed.StateAsync("bad", ProviderState.Unreachable);
        var problem = bed.Registry.Get("bad").Problem!;
        Assert.Equal("provider-fault", problem.Code);
        Assert.Contains("'bad'", problem.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", problem.Text, StringComparison.Ordinal);
        Assert.Equal(ProviderState.Connected, bed.Registry.State("good"));
        bedGuest = bed.Guest("bad", 2);
    }

    private async Task<ProviderBed> BothAsync()
    {
        var bed = await ProviderBed.OpenAsync([_bad, _good]);
        await bed.AddAsync("bad", "bad");
        await bed.AddAsync("good", "good");
        await bed.StateAsync("good", ProviderState.Connected);
        return bed;
    }

    private static Exception Odd(Type type) =>
        type == typeof(ObjectDisposedException) ? new ObjectDisposedException("canary") : (Exception)Activator.CreateInstance(type, "canary")!;

    private static async IAsyncEnumerable<Change> Broken(Exception exception)
    {
        yield return new SnapshotBegin([ObjectKind.Guest]);
        yield return new Seen(FakeGuests.One("bad", 1));
        await Task.Yield();
        throw exception;
    }

    private static FakeConnection Stalled(string provider)
    {
        var connection = new FakeConnection(provider) { IgnoresCancellation = true };
        connection.Show(new SnapshotBegin([ObjectKind.Guest]), new Seen(FakeGuests.One(provider, 1)));
        return connection;
    }

    private static async IAsyncEnumerable<Change> Flood(string provider, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new SnapshotBegin([ObjectKind.Guest]);
        foreach (var guest in FakeGuests.Many(provider, 1000))
            yield return new Seen(guest);
        yield return new SnapshotComplete();
        await Task.Yield();
        for (var i = 0; !cancellationToken.IsCancellationRequested; i++)
            yield return FakeGuests.State(1 + i % 1000, i / 1000 % 2 == 0 ? PowerState.Off : PowerState.On);
    }
}
