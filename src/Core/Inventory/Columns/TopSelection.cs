using System.Collections.Immutable;

namespace Anyvisor.Core.Inventory.Columns;

/// <summary>Keeps the first few of very many guests: a heap with the worst on top, which most guests fail against at once.</summary>
internal sealed class TopSelection
{
    private readonly GuestTable _table;
    private readonly ImmutableArray<SortColumn> _columns;
    private readonly PageCursor? _cursor;
    private readonly long[] _cursorKeys;
    private readonly long[] _keys;
    private readonly int[] _slots;
    private readonly bool _secondDecides;
    private long _worstSecond;
    private int _count;

    internal TopSelection(GuestTable table, ImmutableArray<SortColumn> columns, PageCursor? cursor, int most)
    {
        _table = table;
        _columns = columns;
        _cursor = cursor;
        _cursorKeys = cursor is null ? [] : [.. columns.Select((c, i) => c.KeyOf(cursor.Values[i]))];
        _keys = new long[most];
        _slots = new int[most];
        _secondDecides = columns.Length > 1 && columns[0].KeysDecide;
    }

    /// <summary>Looks at a guest by its first key, and at the rest only if that does not decide.</summary>
    internal void Offer(long key, int slot)
    {
        // Few distinct first keys make for many ties with the worst: its second key is kept at hand for them.
        if (_count == _keys.Length && _secondDecides && key == _keys[0] && KeyAt(1, slot) > _worstSecond)
            return;
        if (_count == _keys.Length && (key > _keys[0] || key == _keys[0] && Compare(key, slot, _keys[0], _slots[0]) >= 0))
            return;
        if (_cursor is not null && (key < _cursorKeys[0] || key == _cursorKeys[0] && CompareToCursor(slot) <= 0))
            return;
        if (_count < _keys.Length)
        {
            (_keys[_count], _slots[_count]) = (key, slot);
            Up(_count++);
        }
        else
        {
            (_keys[0], _slots[0]) = (key, slot);
            Down();
        }
        if (_secondDecides && _count == _keys.Length)
            _worstSecond = KeyAt(1, _slots[0]);
    }

    /// <summary>Whether second keys are worth having at hand.</summary>
    internal bool UsesSecond => _secondDecides;

    /// <summary>Whether a guest with these keys is surely none of the first.</summary>
    internal bool IsBeaten(long key, long second) => _count == _keys.Length && (key > _keys[0] || key == _keys[0] && second > _worstSecond);

    /// <summary>What was kept, in order.</summary>
    internal (int Slot, long Key)[] InOrder()
    {
        var entries = Enumerable.Range(0, _count).Select(i => (Key: _keys[i], Slot: _slots[i])).ToArray();
        Array.Sort(entries, (a, b) => Compare(a.Key, a.Slot, b.Key, b.Slot));
        return [.. entries.Select(e => (e.Slot, e.Key))];
    }

    private void Up(int i)
    {
        while (i > 0 && Compare(_keys[i], _slots[i], _keys[(i - 1) / 2], _slots[(i - 1) / 2]) > 0)
        {
            Swap(i, (i - 1) / 2);
            i = (i - 1) / 2;
        }
    }

    private void Down()
    {
        for (var i = 0; ; )
        {
            var (left, right, worst) = (2 * i + 1, 2 * i + 2, i);
            if (left < _count && Compare(_keys[left], _slots[left], _keys[worst], _slots[worst]) > 0)
                worst = left;
            if (right < _count && Compare(_keys[right], _slots[right], _keys[worst], _slots[worst]) > 0)
                worst = right;
            if (worst == i)
                return;
            Swap(i, worst);
            i = worst;
        }
    }

    private void Swap(int i, int j) => (_keys[i], _keys[j], _slots[i], _slots[j]) = (_keys[j], _keys[i], _slots[j], _slots[i]);

    private int Compare(long leftKey, int left, long rightKey, int right)
    {
        if (leftKey != rightKey)
            return leftKey < rightKey ? -1 : 1;
        var tie = _columns[0].Tie(left, right);
        if (tie != 0)
            return tie;
        for (var i = 1; i < _columns.Length; i++)
        {
            var byKey = KeyAt(i, left).CompareTo(KeyAt(i, right));
            if (byKey == 0)
                byKey = _columns[i].Tie(left, right);
            if (byKey != 0)
                return byKey;
        }
        return _table.IdOf(left).CompareTo(_table.IdOf(right));
    }

    private int CompareToCursor(int slot)
    {
        for (var i = 0; i < _columns.Length; i++)
        {
            var byKey = KeyAt(i, slot).CompareTo(_cursorKeys[i]);
            if (byKey == 0)
                byKey = _columns[i].Tie(slot, _cursor!.Values[i]);
            if (byKey != 0)
                return byKey;
        }
        return _table.IdOf(slot).CompareTo(_cursor!.Id);
    }

    private long KeyAt(int column, int slot) => _columns[column].Key(_table.ChunkOf(slot), GuestTable.PlaceOf(slot));
}
