namespace Anyvisor.Core.Inventory.Columns;

/// <summary>
/// Finds slots by a hash that the slots' own columns hold: four bytes an entry, no keys of its own. One lock for
/// writers; readers never wait and check what they find.
/// </summary>
internal sealed class SlotIndex(Func<int, ulong> hashOf)
{
    private const int Gone = -1;
    private readonly Lock _gate = new();
    private int[] _table = new int[64];
    private int _filled;

    internal void Add(ulong hash, int slot)
    {
        lock (_gate)
        {
            if ((_filled + 1) * 4 > _table.Length * 3)
                Rebuild();
            if (Insert(_table, hash, slot + 1))
                _filled++;
        }
    }

    internal void Remove(ulong hash, int slot)
    {
        lock (_gate)
        {
            var mask = _table.Length - 1;
            for (var i = Start(hash, mask); _table[i] != 0; i = i + 1 & mask)
                if (_table[i] == slot + 1)
                {
                    Volatile.Write(ref _table[i], Gone);
                    return;
                }
        }
    }

    /// <summary>All slots that may have the hash; the caller checks each.</summary>
    internal Probe Find(ulong hash) => new(Volatile.Read(ref _table), hash);

    private static int Start(ulong hash, int mask) => (int)(hash * 0x9E3779B97F4A7C15UL >> 32) & mask;

    /// <returns>Whether an empty place was taken, not one that had been freed.</returns>
    private static bool Insert(int[] table, ulong hash, int entry)
    {
        var mask = table.Length - 1;
        var i = Start(hash, mask);
        while (table[i] > 0)
            i = i + 1 & mask;
        var empty = table[i] == 0;
        Volatile.Write(ref table[i], entry);
        return empty;
    }

    /// <summary>Leaves the freed places out, and doubles when those were few.</summary>
    private void Rebuild()
    {
        var live = _table.Count(entry => entry > 0);
        var table = new int[live * 2 > _table.Length ? _table.Length * 2 : _table.Length];
        foreach (var entry in _table)
            if (entry > 0)
                Insert(table, hashOf(entry - 1), entry);
        _filled = live;
        Volatile.Write(ref _table, table);
    }

    internal ref struct Probe(int[] table, ulong hash)
    {
        private int _at = Start(hash, table.Length - 1);
        private int _steps;

        internal bool Next(out int slot)
        {
            while (_steps++ < table.Length)
            {
                var entry = Volatile.Read(ref table[_at]);
                _at = _at + 1 & table.Length - 1;
                if (entry == 0)
                    break;
                if (entry == Gone)
                    continue;
                slot = entry - 1;
                return true;
            }
            slot = -1;
            return false;
        }
    }
}
