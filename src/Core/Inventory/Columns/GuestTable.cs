using System.Collections.Concurrent;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Columns;

/// <summary>What a put did to a guest.</summary>
internal enum PutOutcome : byte
{
    Same,
    Changed,
    Added,
}

/// <summary>
/// All guests, in columns. A guest's slot keeps its id and name for as long as it is used: a renamed guest moves to
/// another slot, and a freed slot is used again only after the order of names has forgotten it.
/// </summary>
internal sealed class GuestTable
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, GuestShelf> _shelves = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(GuestShelf Shelf, int Slot)> _retired = new();
    private readonly SlotIndex _byId;
    private readonly SlotIndex _byUuid;
    private GuestChunk[] _chunks = [];

    internal GuestTable()
    {
        _byId = new SlotIndex(slot => ChunkOf(slot).High[PlaceOf(slot)]);
        _byUuid = new SlotIndex(slot => GuestRow.UuidOf(ChunkOf(slot).Rows[PlaceOf(slot)]!) is { } uuid ? HashOf(uuid) : 0);
    }

    internal Books Books { get; } = new();

    internal GuestNames Names { get; } = new();

    /// <summary>The chunks that exist now.</summary>
    internal GuestChunk[] Chunks => Volatile.Read(ref _chunks);

    internal static int PlaceOf(int slot) => slot & GuestChunk.Full - 1;

    internal GuestChunk ChunkOf(int slot) => Volatile.Read(ref _chunks)[slot >> GuestChunk.Bits];

    internal GuestShelf Shelf(string provider) => _shelves.GetOrAdd(provider, static (name, table) => new GuestShelf(name, table), this);

    internal int CountOf(string provider) => _shelves.TryGetValue(provider, out var shelf) ? shelf.Count : 0;

    /// <summary>The guest's slot; -1 when there is none.</summary>
    internal int Find(ObjectId id)
    {
        var probe = _byId.Find(id.High);
        while (probe.Next(out var slot))
        {
            var (chunk, place) = (ChunkOf(slot), PlaceOf(slot));
            if (chunk.High[place] == id.High && chunk.IsLive(place) && GuestRow.LowOf(chunk.Rows[place]) == id.Low)
                return slot;
        }
        return -1;
    }

    /// <summary>Slots of guests whose system's own identity is this UUID, at any provider.</summary>
    internal List<int> FindUuid(Guid uuid)
    {
        var found = new List<int>();
        var probe = _byUuid.Find(HashOf(uuid));
        while (probe.Next(out var slot))
        {
            var (chunk, place) = (ChunkOf(slot), PlaceOf(slot));
            if (chunk.IsLive(place) && chunk.Rows[place] is { } row && GuestRow.UuidOf(row) == uuid)
                found.Add(slot);
        }
        return found;
    }

    /// <summary>The slots that share a slot's UUID, itself among them.</summary>
    internal List<int> FindTwins(int slot) => GuestRow.UuidOf(ChunkOf(slot).Rows[PlaceOf(slot)]) is { } uuid ? FindUuid(uuid) : [slot];

    internal Guest? Read(int slot) => ChunkOf(slot).Read(PlaceOf(slot), Books);

    internal ObjectId IdOf(int slot) => new(ChunkOf(slot).High[PlaceOf(slot)], GuestRow.LowOf(ChunkOf(slot).Rows[PlaceOf(slot)]));

    /// <summary>Takes a guest in. Called by its provider's writer.</summary>
    /// <param name="shelf">The provider's.</param>
    /// <param name="guest">The whole guest.</param>
    /// <param name="slot">Its slot now; -1 when it is new.</param>
    /// <param name="before">The row as it was; null when it is new.</param>
    internal PutOutcome Put(GuestShelf shelf, Guest guest, ref int slot, out byte[]? before)
    {
        GuestRow.Write(guest, shelf.Writer);
        var written = shelf.Writer.Written;
        if (slot < 0)
        {
            before = null;
            slot = Add(shelf, written.ToArray(), guest.ObservedAt, guest.Source);
            return PutOutcome.Added;
        }
        var (chunk, place) = (ChunkOf(slot), PlaceOf(slot));
        before = chunk.Rows[place]!;
        if (written.SequenceEqual(before))
        {
            chunk.SetObserved(place, guest.ObservedAt, guest.Source);
            return PutOutcome.Same;
        }
        if (GuestRow.NameOf(before) == guest.Name)
            Set(chunk, place, written.ToArray(), guest);
        else
            slot = Rename(shelf, guest, slot, written.ToArray());
        return PutOutcome.Changed;
    }

    /// <summary>Takes a guest out. Called by its provider's writer.</summary>
    internal byte[] Remove(GuestShelf shelf, int slot)
    {
        var row = ChunkOf(slot).Rows[PlaceOf(slot)]!;
        Retire(shelf, slot);
        return row;
    }

    /// <summary>Merges the order of names when that pays; run now and then, by one thread.</summary>
    internal bool Tidy(bool always = false)
    {
        if (!always && !Names.WantsMerge)
            return false;
        var reusable = new List<(GuestShelf Shelf, int Slot)>();
        while (_retired.TryDequeue(out var retired))
            reusable.Add(retired);
        Names.Merge(
            slot => ChunkOf(slot).IsLive(PlaceOf(slot)),
            slot => ChunkOf(slot).High[PlaceOf(slot)],
            slot => GuestRow.LowOf(ChunkOf(slot).Rows[PlaceOf(slot)]),
            () => Chunks.Length
        );
        foreach (var (shelf, slot) in reusable)
            shelf.Reuse(slot);
        return true;
    }

    internal GuestChunk NewChunk(string provider, int capacity)
    {
        lock (_gate)
        {
            var chunk = new GuestChunk(_chunks.Length, capacity, provider, Books.Texts.Code(provider));
            GuestChunk[] grown = [.. _chunks, chunk];
            Volatile.Write(ref _chunks, grown);
            return chunk;
        }
    }

    /// <summary>Takes in a row that was made elsewhere with the same books. Called by its provider's writer.</summary>
    internal int Add(GuestShelf shelf, byte[] row, DateTime observedAt, ObservationSource source)
    {
        var slot = shelf.TakeSlot();
        var (chunk, place) = (ChunkOf(slot), PlaceOf(slot));
        var cells = GuestCells.Of(row, Books);
        chunk.Set(place, cells, row, observedAt, source);
        chunk.Marks[place] = default;
        Names.Add(slot, FoldedName.Of(cells.Name));
        chunk.SetLive(place, true);
        _byId.Add(cells.Id.High, slot);
        if (cells.Uuid is { } uuid)
            _byUuid.Add(HashOf(uuid), slot);
        return slot;
    }

    private void Set(GuestChunk chunk, int place, byte[] row, Guest guest) => chunk.Set(place, GuestCells.Of(row, Books), row, guest.ObservedAt, guest.Source);

    private int Rename(GuestShelf shelf, Guest guest, int slot, byte[] row)
    {
        var (old, place) = (ChunkOf(slot), PlaceOf(slot));
        var mark = old.Marks[place];
        // The new one first: whoever looks in between finds one of them.
        var renamed = Add(shelf, row, guest.ObservedAt, guest.Source);
        Retire(shelf, slot);
        ChunkOf(renamed).Marks[PlaceOf(renamed)] = mark;
        return renamed;
    }

    private void Retire(GuestShelf shelf, int slot)
    {
        var (chunk, place) = (ChunkOf(slot), PlaceOf(slot));
        chunk.SetLive(place, false);
        _byId.Remove(chunk.High[place], slot);
        if (GuestRow.UuidOf(chunk.Rows[place]!) is { } uuid)
            _byUuid.Remove(HashOf(uuid), slot);
        shelf.NoteRemoved();
        Names.NoteDead();
        _retired.Enqueue((shelf, slot));
    }

    private static ulong HashOf(Guid uuid)
    {
        Span<byte> bytes = stackalloc byte[16];
        uuid.TryWriteBytes(bytes);
        return BitConverter.ToUInt64(bytes) ^ BitConverter.ToUInt64(bytes[8..]);
    }
}
