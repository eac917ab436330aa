namespace Anyvisor.Drivers.Zvm.Entries;

/// <summary>
/// The directory holds passwords in the clear: of the user, of its disks, in comments of DIRMAINT. They end here, before
/// anything else of ours sees the line.
/// </summary>
internal static class EntrySecrets
{
    private const string Stars = "******";

    /// <summary>These stand where a password would, and say that there is none.</summary>
    private static readonly string[] NoPasswords = ["NOLOG", "NOPASS", "LBYONLY", "AUTOONLY", "NOPHRASE", Stars];

    internal static string Redact(string line)
    {
        var text = line.TrimEnd();
        var rest = text.AsSpan().TrimStart();
        if (rest is ['*', ..])
            return rest.StartsWith("*PW", StringComparison.OrdinalIgnoreCase) || rest.Contains("PASSWORD", StringComparison.OrdinalIgnoreCase) ? $"{First(rest)} {Stars}" : text;
        // Directories have a hundred thousand lines, and few of them have a password: the others are not taken apart.
        return First(rest) is { Length: 2 or >= 4 } word && Holds(word) ? Cut(text) : text;
    }

    private static ReadOnlySpan<char> First(ReadOnlySpan<char> text) => text.IndexOf(' ') is var blank and >= 0 ? text[..blank] : text;

    private static bool Holds(ReadOnlySpan<char> word) =>
        Is(word, "USER") || Is(word, "IDENTITY") || Is(word, "MDISK") || Is(word, "MD") || Is(word, "APPCPASS") || Is(word, "PASSWORD") || Is(word, "PW");

    private static bool Is(ReadOnlySpan<char> word, string keyword) => word.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    private static string Cut(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        switch (words[0].ToUpperInvariant())
        {
            case "USER" or "IDENTITY" when words.Length > 2 && !NoPasswords.Contains(words[2], StringComparer.OrdinalIgnoreCase):
                words[2] = Stars;
                return string.Join(' ', words);
            case "MDISK" or "MD" when words.Length > 7:
                return string.Join(' ', words.Take(7).Concat(words.Skip(7).Select(_ => Stars)));
            case "APPCPASS" or "PASSWORD" or "PW":
                return $"{words[0]} {Stars}";
            default:
                return text;
        }
    }
}
