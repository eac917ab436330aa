using System.CommandLine.Parsing;
using System.Globalization;

namespace Anyvisor.Cli.Grammar;

/// <summary>Whole numbers above zero.</summary>
internal static class Counts
{
    internal static Number? Parse(ArgumentResult result) => Parse(result, long.MaxValue);

    internal static Number? ParseSmall(ArgumentResult result) => Parse(result, int.MaxValue);

    private static Number? Parse(ArgumentResult result, long most)
    {
        var text = result.Tokens[0].Value;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 && number <= most)
            return new Number(number);
        result.AddError($"'{text}' is not a whole number above 0.");
        return null;
    }
}
