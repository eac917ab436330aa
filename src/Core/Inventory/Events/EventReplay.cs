using Anyvisor.Core.Inventory.Storage;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Events;

/// <summary>Reads past events from the history, a few at a time, so that a subscriber far behind costs little.</summary>
internal sealed class EventReplay(EstateStore store, Func<ObjectId, Guest?> guest)
{
    private const int Portion = 32;

    internal Task<long> OldestAsync(CancellationToken cancellationToken) => store.ReadAsync(EstateRows.OldestEvent, cancellationToken);

    internal Task FlushAsync(CancellationToken cancellationToken) => store.FlushAsync(0, cancellationToken);

    internal async Task<IReadOnlyList<PublishedEvent>> ReadAsync(long after, CancellationToken cancellationToken)
    {
        var rows = await store.ReadAsync(connection => EstateRows.ReadEvents(connection, after, Portion), cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => new PublishedEvent(row.ToEvent(guest), null, 0))];
    }
}
