namespace Anyvisor.Cli.Output;

/// <summary>Text that others wrote, made safe for a terminal: a guest may be named by an escape sequence.</summary>
internal static class Printable
{
    internal static string Clean(string text)
    {
        foreach (var c in text)
            if (IsHarmful(c))
                return Replace(text);
        return text;
    }

    private static string Replace(string text) =>
        string.Create(
            text.Length,
            text,
            static (clean, source) =>
            {
                for (var i = 0; i < clean.Length; i++)
                    clean[i] = !IsHarmful(source[i]) ? source[i] : source[i] is '\n' or '\t' ? ' ' : '\ufffd';
            }
        );

    /// <summary>Control characters, and those that end a line or turn the direction of what follows.</summary>
    private static bool IsHarmful(char c) =>
        char.IsControl(c) || c is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
