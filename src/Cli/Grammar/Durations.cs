using System.CommandLine.Parsing;
using System.Globalization;

namespace Anyvisor.Cli.Grammar;

/// <summary>Lengths of time as people write them: <c>30</c> and <c>30s</c> are seconds, <c>500ms</c>, <c>5m</c>, <c>1h</c>.</summary>
internal static class Durations
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(20);

    internal static Duration? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (TryParse(text, out var duration))
            return new Duration(duration);
        result.AddError($"'{text}' is not a length of time: write a number with ms, s, m or h, as in 90s.");
        return null;
    }

    internal static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var digits = text.AsSpan().TrimEnd("hms");
        double? unit = text[digits.Length..] switch
        {
            "" or "s" => 1,
            "ms" => 0.001,
            "m" => 60,
            "h" => 3600,
            _ => null,
        };
        if (unit is null || !double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return false;
        if (number * unit.Value > Longest.TotalSeconds)
            return false;
        duration = TimeSpan.FromSeconds(number * unit.Value);
        return true;
    }
}
