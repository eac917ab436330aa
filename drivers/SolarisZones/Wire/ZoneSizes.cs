using System.Globalization;

namespace Anyvisor.Drivers.SolarisZones.Wire;

/// <summary>Numbers as zonecfg writes them.</summary>
internal static class ZoneSizes
{
    private const string Units = "KMGTPE";

    /// <summary><c>4G</c>, <c>4.75g</c>, <c>1GB</c>, <c>2147483648</c>; null where it is none.</summary>
    public static long? Bytes(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var trimmed = text.Trim().TrimEnd('b', 'B', 'i').ToUpperInvariant();
        if (trimmed.Length == 0)
            return null;
        var unit = Units.IndexOf(trimmed[^1], StringComparison.Ordinal);
        var digits = unit < 0 ? trimmed : trimmed[..^1];
        var times = 1L << (10 * (unit + 1));
        return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number < long.MaxValue / times ? (long)(number * times) : null;
    }

    /// <summary>The shortest that zonecfg takes and that loses nothing.</summary>
    public static string Text(long bytes)
    {
        var unit = -1;
        while (unit < 3 && bytes >= 1024 && bytes % 1024 == 0)
            (bytes, unit) = (bytes / 1024, unit + 1);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes}{(unit < 0 ? "" : Units[unit].ToString())}");
    }

    /// <summary><c>4</c>, <c>2.5</c>, and of a range <c>2-4</c> the upper end; null where it is none.</summary>
    public static decimal? Cpus(string? text) =>
        decimal.TryParse(text?.Split('-')[^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 1_000_000 ? number : null;
}
