using System.CommandLine.Parsing;
using System.Globalization;

namespace Anyvisor.Cli.Grammar;

/// <summary>
/// Sizes as people write them. A bare number is bytes; <c>KiB MiB GiB TiB PiB</c> and the single letters <c>K M G T P</c>
/// count by 1024, as hypervisors do; <c>kB MB GB TB PB</c> count by 1000. Upper and lower case are the same.
/// </summary>
internal static class ByteSizes
{
    internal const string Help = "2GiB and 2G count by 1024, 2GB by 1000, a bare number is bytes";
    private const string Letters = "kmgtp";

    internal static Number? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (TryParse(text, out var bytes))
            return new Number(bytes);
        result.AddError($"'{text}' is not a size: {Help}.");
        return null;
    }

    internal static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var trimmed = text.Trim();
        var end = 0;
        while (end < trimmed.Length && (char.IsAsciiDigit(trimmed[end]) || trimmed[end] == '.'))
            end++;
        if (!decimal.TryParse(trimmed.AsSpan(0, end), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return false;
        if (Unit(trimmed[end..].Trim().ToLowerInvariant()) is not { } unit || number <= 0 || number > long.MaxValue / unit)
            return false;
        bytes = (long)(number * unit);
        // Half a byte is a slip of the pen.
        return bytes == number * unit;
    }

    private static decimal? Unit(string unit)
    {
        if (unit is "" or "b")
            return 1;
        var power = Letters.IndexOf(unit[0], StringComparison.Ordinal) + 1;
        if (power == 0)
            return null;
        decimal? step = unit[1..] switch
        {
            "" or "ib" => 1024,
            "b" => 1000,
            _ => null,
        };
        if (step is null)
            return null;
        var bytes = 1m;
        for (var i = 0; i < power; i++)
            bytes *= step.Value;
        return bytes;
    }
}
