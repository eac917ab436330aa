using System.Collections.Concurrent;
using Anyvisor.Driver;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;

namespace Anyvisor.Benchmarks.VSphere;

/// <summary>The guests as a watch shows them, and a wait until one is shown as wanted.</summary>
internal sealed class SeenGuests
{
    private readonly ConcurrentDictionary<NativeId, Guest> _guests = new();
    private readonly TaskCompletionSource _listed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Listed => _listed.Task;

    public List<Guest> Now => [.. _guests.Values.OrderBy(guest => guest.Name, StringComparer.Ordinal)];

    public async Task WatchAsync(IProviderConnection connection, CancellationToken cancellationToken)
    {
        await foreach (var change in connection.WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            if (change is Seen { Object: Guest guest })
                _guests[guest.NativeId] = guest;
            else if (change is SnapshotComplete)
                _ = _listed.TrySetResult();
            _ = Interlocked.Exchange(ref _more, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }
    }

    public async Task UntilAsync(NativeId id, PowerState power)
    {
        while (true)
        {
            var more = _more.Task;
            if (_guests.TryGetValue(id, out var guest) && guest.Power == power)
                return;
            await more.ConfigureAwait(false);
        }
    }
}
