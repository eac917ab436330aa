using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;

namespace Anyvisor.Unit.Tests.Providers.Fakes;

/// <summary>A connection that shows what a test tells it to, and misbehaves in the ways that tests choose.</summary>
internal sealed class FakeConnection(string provider) : IProviderConnection, IGuestPower
{
    private readonly Channel<Change> _changes = Channel.CreateUnbounded<Change>();
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _starts;

    public string Provider { get; } = provider;

    /// <summary>Goes on waiting whatever the token says.</summary>
    public bool IgnoresCancellation { get; init; }

    /// <summary>Instead of what was shown: a watch of the test's own.</summary>
    public Func<CancellationToken, IAsyncEnumerable<Change>>? OnWatch { get; init; }

    public Func<Guest, CancellationToken, Task> OnStart { get; set; } = (_, _) => Task.CompletedTask;

    public Func<ProviderAbout> OnAbout { get; init; } = () => new ProviderAbout("Fake", "1", new Freshness(true, null));

    public Func<Task> OnDispose { get; init; } = () => Task.CompletedTask;

    public int Refreshes { get; private set; }

    public int Starts => Volatile.Read(ref _starts);

    public Task Disposed => _disposed.Task;

    public ProviderAbout About => OnAbout();

    public static FakeConnection WithGuests(string provider, int guests)
    {
        var connection = new FakeConnection(provider);
        connection.ShowListing(FakeGuests.Many(provider, guests));
        return connection;
    }

    public void Show(params IEnumerable<Change> changes)
    {
        foreach (var change in changes)
            _changes.Writer.TryWrite(change);
    }

    public void ShowListing(IEnumerable<Guest> guests)
    {
        Show(new SnapshotBegin([ObjectKind.Guest]));
        Show(guests.Select(guest => new Seen(guest)));
        Show(new SnapshotComplete());
    }

    /// <summary>The watch throws once it has shown everything.</summary>
    public void Break(Exception exception) => _changes.Writer.TryComplete(exception);

    public async IAsyncEnumerable<Change> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (OnWatch is not null)
        {
            await foreach (var change in OnWatch(cancellationToken))
                yield return change;
            yield break;
        }
        var token = IgnoresCancellation ? CancellationToken.None : cancellationToken;
        while (await _changes.Reader.WaitToReadAsync(token))
            while (_changes.Reader.TryRead(out var change))
                yield return change;
    }

    public void RequestRefresh() => Refreshes++;

    public ActionState Judge(Verb verb, Guest guest) => ActionState.Native;

    public Task<Guest?> ReadGuestAsync(NativeId guest, CancellationToken cancellationToken) => Task.FromResult<Guest?>(null);

    public Task StartAsync(Guest guest, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _starts);
        return OnStart(guest, cancellationToken);
    }

    public Task StopAsync(Guest guest, CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _disposed.TrySetResult();
        await OnDispose();
    }
}
