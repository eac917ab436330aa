namespace Anyvisor.Core.Inventory.Columns;

/// <summary>
/// Gives equal values one small number and one instance. Code 0 stands for an absent value. Readers never wait,
/// and a code keeps its meaning for ever.
/// </summary>
internal sealed class CodeBook<T>(IEqualityComparer<T> comparer, Func<T, string>? fold = null)
    where T : class
{
    private readonly Lock _gate = new();
    private readonly Dictionary<T, int> _codes = new(comparer);
    private T?[] _values = new T?[16];
    private string?[] _folded = new string?[16];
    private int _count = 1;

    /// <summary>One more than the highest code.</summary>
    internal int Count => Volatile.Read(ref _count);

    internal T? this[int code] => Volatile.Read(ref _values)[code];

    /// <summary>The value's folded spelling, for books of texts.</summary>
    internal string? Folded(int code) => Volatile.Read(ref _folded)[code];

    internal int Code(T? value)
    {
        if (value is null)
            return 0;
        lock (_gate)
        {
            if (!_codes.TryGetValue(value, out var code))
                code = Add(value);
            return code;
        }
    }

    private int Add(T value)
    {
        var code = _count;
        if (code == _values.Length)
        {
            var folded = new string?[code * 2];
            _folded.CopyTo(folded, 0);
            Volatile.Write(ref _folded, folded);
            var grown = new T?[code * 2];
            _values.CopyTo(grown, 0);
            Volatile.Write(ref _values, grown);
        }
        _folded[code] = fold?.Invoke(value);
        Volatile.Write(ref _values[code], value);
        Volatile.Write(ref _count, code + 1);
        _codes.Add(value, code);
        return code;
    }
}
