using System.Text;
using Anyvisor.Core.Inventory.Filters;

namespace Anyvisor.Core.Inventory.Columns;

/// <summary>
/// A name as it is ordered and searched: folded, in UTF-8, no longer than <see cref="MaximumLength"/> bytes. What is
/// cut off there counts for neither order nor search in the index; the record is checked in full.
/// </summary>
internal static class FoldedName
{
    internal const int MaximumLength = 255;

    /// <param name="name">In UTF-8.</param>
    internal static byte[] Of(ReadOnlySpan<byte> name)
    {
        if (name.Length > MaximumLength || !Ascii.IsValid(name))
            return Of(Encoding.UTF8.GetString(name));
        var folded = new byte[name.Length];
        Ascii.ToLower(name, folded, out _);
        return folded;
    }

    internal static byte[] Of(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(TextPattern.Fold(name));
        return bytes.Length <= MaximumLength ? bytes : bytes[..MaximumLength];
    }
}
