using System.Buffers;

namespace Anyvisor.Cli.Output;

/// <summary>Text that others wrote, made safe for a terminal: a guest may be named by an escape sequence.</summary>
internal static class Printable
{
    private static readonly SearchValues<char> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7f, 0x21)).Select(static c => (char)c), '\u2028', '\u2029', '\u202a', '\u202b', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068']
    );

    internal static string Clean(string text)
    {
        if (!text.AsSpan().ContainsAny(Controls))
            return text;
        return string.Create(
            text.Length,
            text,
            static (clean, source) =>
            {
                for (var i = 0; i < clean.Length; i++)
                    clean[i] = !Controls.Contains(source[i]) ? source[i] : source[i] is '\n' or '\t' ? ' ' : '\ufffd';
            }
        );
    }
}
