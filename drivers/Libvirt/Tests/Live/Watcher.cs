using Anyvisor.Driver;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Tests.Live;

/// <summary>Reads a connection's watch and lets a test wait for what must be seen.</summary>
internal sealed class Watcher : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Change> _changes = [];
    private readonly Task _reading;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _failure;

    public Watcher(IProviderConnection connection) => _reading = ReadAsync(connection);

    public Task<SnapshotComplete> ListedAsync() => SeenAsync<SnapshotComplete>(_ => true);

    public Task<T> SeenAsync<T>(Func<T, bool> wanted, int after = 0)
        where T : Change => FindAsync(changes => changes.Skip(after).OfType<T>().FirstOrDefault(wanted));

    /// <summary>Waits until the last word on a guest is as wanted.</summary>
    public Task<Guest> GuestAsync(string name, Func<Guest, bool> wanted) =>
        FindAsync(changes => Last(changes, name) is { } guest && wanted(guest) ? guest : null);

    public int Count
    {
        get
        {
            lock (_changes)
                return _changes.Count;
        }
    }

    private static Guest? Last(IEnumerable<Change> changes, string name)
    {
        Guest? guest = null;
        foreach (var change in changes)
            guest = change switch
            {
                Seen { Object: Guest seen } when seen.Name == name => seen,
                GuestStateSeen s when s.Guest == guest?.NativeId => guest with { Power = s.Power, Transition = s.Transition, Raw = s.Raw },
                Gone gone when gone.NativeId == guest?.NativeId => null,
                _ => guest,
            };
        return guest;
    }

    private async Task<T> FindAsync<T>(Func<IEnumerable<Change>, T?> find)
        where T : class
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        while (true)
        {
            Task more;
            lock (_changes)
            {
                if (find(_changes) is { } found)
                    return found;
                if (_failure is not null)
                    throw _failure;
                more = _more.Task;
            }
            await more.WaitAsync(timeout.Token);
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
