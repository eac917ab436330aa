using System.Collections.Concurrent;

namespace Anyvisor.Core.Inventory.Columns;

/// <summary>One provider's part of the table: its chunks and free slots. For the provider's writer.</summary>
internal sealed class GuestShelf(string provider, GuestTable table)
{
    private readonly ConcurrentQueue<int> _free = new();
    private readonly List<GuestChunk> _chunks = [];
    private volatile int _count;

    internal string Provider { get; } = provider;

    /// <summary>Rows are made here, so that only those that are new are allocated.</summary>
    internal RowWriter Writer { get; } = new(table.Books);

    internal int Count => _count;

    /// <summary>For the writer, or under its lock.</summary>
    internal IReadOnlyList<GuestChunk> Chunks => _chunks;

    internal int TakeSlot()
    {
        _count++;
        if (_free.TryDequeue(out var slot))
            return slot;
        var place = _chunks.Count == 0 ? -1 : _chunks[^1].Take();
        if (place < 0)
        {
            var capacity = _chunks.Count == 0 ? GuestChunk.Smallest : Math.Min(GuestChunk.Full, _chunks[^1].Capacity * 4);
            _chunks.Add(table.NewChunk(Provider, capacity));
            place = _chunks[^1].Take();
        }
        return _chunks[^1].SlotOf(place);
    }

    internal void NoteRemoved() => _count--;

    internal void Reuse(int slot) => _free.Enqueue(slot);
}
