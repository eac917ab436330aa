using System.Globalization;

namespace Anyvisor.Drivers.Zvm.Entries;

/// <summary>z/VM's numbers with units: <c>1G</c>, <c>1024m</c>, <c>4096K</c>, and disks in cylinders and blocks.</summary>
internal static class Sizes
{
    /// <summary>A 3390 cylinder: 15 tracks of twelve 4,096-byte records, as Linux and CMS format it.</summary>
    internal const long Cylinder = 15L * 12 * 4096;
    internal const long Block = 512;

    /// <summary>Bytes; null where it is no size.</summary>
    internal static long? Bytes(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.IsEmpty)
            return null;
        var shift = char.ToUpperInvariant(text[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, 'T' => 40, 'P' => 50, 'E' => 60, _ => 0 };
        var digits = shift == 0 ? text : text[..^1];
        return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number * (1L << shift) is <= long.MaxValue and var bytes
            ? (long)bytes
            : null;
    }

    /// <summary>Bytes of so many units of a device: cylinders of a 3390, blocks of anything else.</summary>
    internal static long? OfDevice(string deviceType, long units)
    {
        var each = deviceType.StartsWith("33", StringComparison.Ordinal) ? Cylinder : Block;
        return units >= 0 && units <= long.MaxValue / each ? units * each : null;
    }

    /// <summary>The connector's way of an image's capacity: <c>3338:CYL</c>, <c>2097152:BLK</c>.</summary>
    internal static long? OfImage(string text)
    {
        var at = text.IndexOf(':', StringComparison.Ordinal);
        return at > 0 && long.TryParse(text.AsSpan(0, at).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var units)
            ? OfDevice(text.AsSpan(at + 1).Trim().Equals("CYL", StringComparison.OrdinalIgnoreCase) ? "3390" : "9336", units)
            : null;
    }
}
