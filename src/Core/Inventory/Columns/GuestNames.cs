namespace Anyvisor.Core.Inventory.Columns;

/// <summary>
/// The order of names, kept up to date by merging: new names wait in a short tail and are sorted in when the tail is
/// worth it. A slot never changes its name (a renamed guest moves to another slot), so the order never lies.
/// </summary>
internal sealed class GuestNames
{
    private const int LeastMerge = 1024;
    private readonly Lock _gate = new();
    private readonly Lock _merging = new();
    private View _view = new(NameOrder.Nothing(), [], 0);
    private int _dead;

    /// <summary>The order and the slots that came after it.</summary>
    internal sealed record View(NameOrder Order, (int Slot, byte[] Name)[] Tail, int TailCount);

    internal View Current => Volatile.Read(ref _view);

    /// <summary>Whether so much has changed that a merge pays.</summary>
    internal bool WantsMerge
    {
        get
        {
            var view = Current;
            return view.TailCount + Volatile.Read(ref _dead) > Math.Max(LeastMerge, view.Order.Count / 16);
        }
    }

    internal void Add(int slot, byte[] folded)
    {
        lock (_gate)
        {
            var view = _view;
            view.Order.Label(slot, folded);
            var tail = view.Tail;
            if (view.TailCount == tail.Length)
                Array.Resize(ref tail, Math.Max(16, tail.Length * 2));
            tail[view.TailCount] = (slot, folded);
            Volatile.Write(ref _view, new View(view.Order, tail, view.TailCount + 1));
        }
    }

    internal void NoteDead() => Interlocked.Increment(ref _dead);

    /// <summary>
    /// Sorts the tail in and leaves dead slots out. Runs beside readers and writers. On return no order that is handed
    /// out holds a slot that was dead before the call.
    /// </summary>
    internal void Merge(Func<int, bool> isLive, Func<int, ulong> highOf, Func<int, ulong> lowOf, Func<int> chunks)
    {
        lock (_merging)
        {
            View before;
            lock (_gate)
                before = _view;
            Interlocked.Exchange(ref _dead, 0);
            var tail = Sorted(before.Tail.AsSpan(0, before.TailCount).ToArray().Where(t => isLive(t.Slot)).ToArray());
            var old = new List<int>(before.Order.Count);
            long bytes = tail.Sum(t => (long)t.Name.Length);
            for (var i = 0; i < before.Order.Count; i++)
                if (isLive(before.Order[i]))
                {
                    old.Add(i);
                    bytes += before.Order.NameAt(i).Length;
                }
            var order = NameOrder.Build(old.Count + tail.Length, bytes, chunks(), append => Zip(before.Order, old, tail, append));
            lock (_gate)
            {
                var rest = _view.Tail.AsSpan(before.TailCount, _view.TailCount - before.TailCount).ToArray();
                foreach (var (slot, name) in rest)
                    order.Label(slot, name);
                Volatile.Write(ref _view, new View(order, rest, rest.Length));
            }
        }

        // By index: sorting numbers is compiled ahead of time, sorting these pairs is not, and a start waits for it.
        (int Slot, byte[] Name)[] Sorted((int Slot, byte[] Name)[] names)
        {
            var order = new int[names.Length];
            for (var i = 0; i < order.Length; i++)
                order[i] = i;
            order.AsSpan().Sort((a, b) => Compare(names[a].Name, names[a].Slot, names[b].Name, names[b].Slot));
            return Array.ConvertAll(order, i => names[i]);
        }

        int Compare(ReadOnlySpan<byte> a, int slotA, ReadOnlySpan<byte> b, int slotB)
        {
            var byName = a.SequenceCompareTo(b);
            if (byName != 0)
                return byName;
            var byHigh = highOf(slotA).CompareTo(highOf(slotB));
            return byHigh != 0 ? byHigh : lowOf(slotA).CompareTo(lowOf(slotB));
        }

        void Zip(NameOrder order, List<int> old, (int Slot, byte[] Name)[] tail, NameOrder.Append append)
        {
            var next = 0;
            foreach (var index in old)
            {
                var slot = order[index];
                var name = order.NameAt(index);
                for (; next < tail.Length && Compare(tail[next].Name, tail[next].Slot, name, slot) < 0; next++)
                    append(tail[next].Slot, tail[next].Name);
                append(slot, name);
            }
            for (; next < tail.Length; next++)
                append(tail[next].Slot, tail[next].Name);
        }
    }
}
