using System.Globalization;

namespace Anyvisor.Core.Inventory.Filters;

/// <summary>Reads the sizes, lengths of time and moments that people write in filters.</summary>
internal static class Quantities
{
    /// <summary>Bytes: <c>8GiB</c>, <c>1.5TB</c>, <c>512M</c> (a bare letter is binary, as hypervisors mean it), <c>4096</c>.</summary>
    internal static bool TryBytes(string text, out decimal bytes)
    {
        var (number, unit) = Split(text);
        var factor = unit.ToUpperInvariant() switch
        {
            "" or "B" => 1m,
            "K" or "KIB" => 1024m,
            "M" or "MIB" => 1024m * 1024,
            "G" or "GIB" => 1024m * 1024 * 1024,
            "T" or "TIB" => 1024m * 1024 * 1024 * 1024,
            "P" or "PIB" => 1024m * 1024 * 1024 * 1024 * 1024,
            "KB" => 1e3m,
            "MB" => 1e6m,
            "GB" => 1e9m,
            "TB" => 1e12m,
            "PB" => 1e15m,
            _ => 0m,
        };
        bytes = 0;
        if (factor == 0 || !TryNumber(number, out var value) || Math.Abs(value) > 1e12m)
            return false;
        bytes = value * factor;
        return true;
    }

    internal static bool TryNumber(ReadOnlySpan<char> text, out decimal value) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    /// <summary>A day, a moment by RFC 3339 (without a zone it is UTC), or a length of time before <paramref name="now"/> such as <c>7d</c>.</summary>
    internal static bool TryMoment(string text, DateTime now, out DateTime moment)
    {
        if (TryDuration(text, out var ago))
        {
            moment = now - ago;
            return true;
        }
        return DateTime.TryParseExact(
            text,
            ["yyyy-MM-dd", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"],
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out moment
        );
    }

    private static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        var (number, unit) = Split(text.StartsWith('-') ? text[1..] : text);
        var seconds = unit switch
        {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86400,
            "w" => 7 * 86400,
            _ => 0,
        };
        if (seconds == 0 || !TryNumber(number, out var value) || value < 0 || value * seconds > 86400m * 36500)
            return false;
        duration = TimeSpan.FromSeconds((double)(value * seconds));
        return true;
    }

    private static (string Number, string Unit) Split(string text)
    {
        var end = text.Length;
        while (end > 0 && char.IsAsciiLetter(text[end - 1]))
            end--;
        return (text[..end].TrimEnd(), text[end..]);
    }
}
