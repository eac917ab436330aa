using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Conformance;

/// <summary>Reads a connection's watch and lets a test wait for what must be seen: nothing sleeps.</summary>
public sealed class WatchReader : IAsyncDisposable
{
    /// <summary>What a crowded machine may take, not what is promised.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<Change> _changes = [];
    private readonly Task _reading;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _failure;

    public WatchReader(IProviderConnection connection) => _reading = ReadAsync(connection);

    /// <summary>Everything so far, in order.</summary>
    public ImmutableArray<Change> Changes
    {
        get
        {
            lock (_changes)
                return [.. _changes];
        }
    }

    public Task<SnapshotComplete> ListedAsync() => SeenAsync<SnapshotComplete>(_ => true);

    /// <param name="wanted">What is waited for.</param>
    /// <param name="after">How many changes, from the first, are passed over.</param>
    public Task<T> SeenAsync<T>(Func<T, bool> wanted, int after = 0)
        where T : Change => FindAsync(changes => changes.Skip(after).OfType<T>().FirstOrDefault(wanted), typeof(T).Name);

    /// <summary>The last word on an object, once it is as wanted.</summary>
    public Task<T> ObjectAsync<T>(Func<T, bool> wanted)
        where T : class, IInventoryObject => FindAsync(changes => Objects<T>(Current(changes)).FirstOrDefault(wanted), typeof(T).Name);

    public Task<Guest> GuestAsync(string name, Func<Guest, bool> wanted) => ObjectAsync<Guest>(g => g.Name == name && wanted(g));

    /// <summary>What is there now, by all that was seen.</summary>
    public IReadOnlyCollection<Seen> Now => Current(Changes);

    /// <summary>The objects of one kind that are there now.</summary>
    public IReadOnlyList<T> All<T>()
        where T : class, IInventoryObject => [.. Objects<T>(Now)];

    private static IEnumerable<T> Objects<T>(IEnumerable<Seen> seen)
        where T : class, IInventoryObject => seen.Select(s => s.Object as T).OfType<T>();

    private static Dictionary<(Type, NativeId), Seen>.ValueCollection Current(IEnumerable<Change> changes)
    {
        var now = new Dictionary<(Type, NativeId), Seen>();
        foreach (var change in changes)
            switch (change)
            {
                case Seen seen:
                    now[(seen.Object.GetType(), seen.Object.NativeId)] = seen;
                    break;
                case GuestStateSeen s when now.GetValueOrDefault((typeof(Guest), s.Guest)) is { Object: Guest guest }:
                    now[(typeof(Guest), s.Guest)] = new Seen(guest with { Power = s.Power, Transition = s.Transition, Raw = s.Raw, Source = s.Source, ObservedAt = s.ObservedAt });
                    break;
                case Gone gone:
                    foreach (var key in now.Keys.Where(k => k.Item2 == gone.NativeId).ToList())
                        now.Remove(key);
                    break;
                default:
                    break;
            }
        return now.Values;
    }

    private async Task<T> FindAsync<T>(Func<IEnumerable<Change>, T?> find, string what)
        where T : class
    {
        using var timeout = new CancellationTokenSource(Patience, TimeProvider.System);
        while (true)
        {
            Task more;
            lock (_changes)
            {
                if (find(_changes) is { } found)
                    return found;
                if (_failure is not null)
                    throw new InvalidOperationException("The watch ended: " + _failure.Message, _failure);
                more = _more.Task;
            }
            try
            {
                await more.WaitAsync(timeout.Token);
            }
            catch (OperationCanceledException e)
            {
                throw new TimeoutException($"The watch did not show the {what} within {Patience.TotalSeconds} s.", e);
            }
        }
    }

    private async Task ReadAsync(IProviderConnection connection)
    {
        try
        {
            await foreach (var change in connection.WatchAsync(_stop.Token))
                Note(() => _changes.Add(change));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
        catch (ProviderException e)
        {
            Note(() => _failure = e);
        }
    }

    private void Note(Action note)
    {
        lock (_changes)
        {
            note();
            _more.TrySetResult();
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _stop.Dispose();
    }
}
