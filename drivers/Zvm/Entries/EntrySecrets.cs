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
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
            return text;
        if (text.TrimStart() is ['*', ..] comment)
            return comment.StartsWith("*PW", StringComparison.OrdinalIgnoreCase) || comment.Contains("PASSWORD", StringComparison.OrdinalIgnoreCase) ? $"{words[0]} {Stars}" : text;
        switch (words[0].ToUpperInvariant())
        {
            case "USER" or "IDENTITY" when words.Length > 2 && !NoPasswords.Contains(words[2].ToUpperInvariant()):
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
