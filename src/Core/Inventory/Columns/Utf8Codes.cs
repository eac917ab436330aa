namespace Anyvisor.Core.Inventory.Columns;

/// <summary>
/// The codes of values that are known by their bytes in the store, so that one that came before costs neither a text
/// nor the book's lock. For one thread.
/// </summary>
internal sealed class Utf8Codes
{
    private readonly Dictionary<byte[], int> _codes = new(new BytesComparer());
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _known;

    internal Utf8Codes() => _known = _codes.GetAlternateLookup<ReadOnlySpan<byte>>();

    internal bool TryGet(ReadOnlySpan<byte> bytes, out int code) => _known.TryGetValue(bytes, out code);

    internal void Add(ReadOnlySpan<byte> bytes, int code) => _known[bytes] = code;

    private sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
