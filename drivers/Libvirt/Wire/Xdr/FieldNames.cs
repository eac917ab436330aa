using System.Text;

namespace Anyvisor.Drivers.Libvirt.Wire.Xdr;

/// <summary>
/// The names of typed parameters, one string each: bulk stats repeat a hundred names for every guest.
/// Belongs to one reader loop; holds at most <see cref="Capacity"/> names, so a daemon that invents names
/// fills it once and costs what it would cost without.
/// </summary>
internal sealed class FieldNames
{
    private const int Capacity = 4096;
    private const int LongestShared = 80;

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public string Share(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > LongestShared)
            return Encoding.UTF8.GetString(utf8);
        Span<char> chars = stackalloc char[LongestShared];
        ReadOnlySpan<char> name = chars[..Encoding.UTF8.GetChars(utf8, chars)];
        var lookup = _names.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(name, out var known))
            return known;
        var made = name.ToString();
        if (_names.Count < Capacity)
            _names.Add(made);
        return made;
    }
}
