using Anyvisor.Model;

namespace Anyvisor.Drivers.Zvm;

/// <summary>The names of z/VM's users: at most eight characters of its own alphabet, always compared in upper case.</summary>
internal static class UserId
{
    internal const int Longest = 8;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@#$_-:+";

    /// <summary>As replies write it: upper case, without the blanks that some pad it with.</summary>
    internal static string Canonical(string text) => text.Trim().ToUpperInvariant();

    internal static bool IsValid(string text) => text.Length is > 0 and <= Longest && text.All(c => Alphabet.Contains(c, StringComparison.Ordinal));

    /// <summary>What the connector's own request schemas take: letters and digits alone.</summary>
    internal static bool IsPlain(string text) => text.Length is > 0 and <= Longest && text.All(char.IsAsciiLetterOrDigit);

    /// <summary>Why a name can't be a new user's; null when it can.</summary>
    internal static string? Objection(string name) =>
        name.Length > Longest ? $"'{name}' has {name.Length} characters: a z/VM user id has at most {Longest}"
        : !IsPlain(name) ? $"'{name}' can't be a new z/VM user id: it has 1 to {Longest} letters and digits, without blanks and punctuation"
        : char.IsAsciiDigit(name[0]) && name.All(char.IsAsciiDigit) ? $"'{name}' can't be a new z/VM user id: digits alone would be taken for a spool file's number"
        : null;

    internal static NativeId Native(string userid) => new(Canonical(userid));
}
