using Anyvisor.Core.Problems;

namespace Anyvisor.Core.Providers.Checks;

/// <summary>Names of providers stand in paths, filters and file names, so they are plain.</summary>
internal static class ProviderNames
{
    private const int Longest = 63;

    public static void RequireValid(string name)
    {
        if (name is not { Length: >= 1 and <= Longest } || name[0] == '-' || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            throw ProblemFactory.Invalid(
                $"'{name}' can't be a provider's name: it has 1 to {Longest} lower-case letters, digits and hyphens, and begins with a letter or digit."
            );
    }
}
