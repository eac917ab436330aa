namespace Anyvisor.Core.Inventory.Filters;

/// <summary>What a text is compared with, without regard to case. <c>*</c> is any run of characters, <c>?</c> any one.</summary>
internal sealed class TextPattern
{
    private readonly Shape _shape;

    private TextPattern(Shape shape, string text)
    {
        _shape = shape;
        Text = text;
    }

    internal enum Shape : byte
    {
        Exact,
        Prefix,
        Contains,
        Glob,
    }

    internal Shape Kind => _shape;

    /// <summary>The pattern in lower case, without the stars that its shape stands for.</summary>
    internal string Text { get; }

    internal static TextPattern Of(FilterOperator @operator, FilterValue value)
    {
        var text = value.Text.ToLowerInvariant();
        if (!value.HasWildcard)
            return new TextPattern(@operator == FilterOperator.Is ? Shape.Exact : Shape.Contains, text);
        var inner = text.AsSpan().Trim('*');
        if (inner.ContainsAny('*', '?'))
            return new TextPattern(Shape.Glob, text);
        var (starts, ends) = (text[0] == '*', text[^1] == '*');
        return (starts, ends) switch
        {
            (false, true) => new TextPattern(Shape.Prefix, inner.ToString()),
            (true, true) => new TextPattern(Shape.Contains, inner.ToString()),
            _ => new TextPattern(Shape.Glob, text),
        };
    }

    /// <summary>Whether the text fits. An absent text fits only the empty pattern.</summary>
    internal bool Fits(string? text) => FitsFolded(text is null ? null : Fold(text));

    /// <summary>As <see cref="Fits"/>, of a text that is folded already.</summary>
    internal bool FitsFolded(string? text)
    {
        if (text is null)
            return _shape == Shape.Exact && Text.Length == 0;
        return _shape switch
        {
            Shape.Exact => text.Equals(Text, StringComparison.Ordinal),
            Shape.Prefix => text.StartsWith(Text, StringComparison.Ordinal),
            Shape.Contains => text.Contains(Text, StringComparison.Ordinal),
            _ => Glob(text, Text),
        };
    }

    /// <summary>The one folding of case that filters, sorts and indexes share.</summary>
    internal static string Fold(string text) => text.ToLowerInvariant();

    /// <summary>Linear in practice: on a mismatch it goes back to the last star only.</summary>
    private static bool Glob(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern)
    {
        var (t, p, star, mark) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == text[t]) && pattern[p] != '*')
                (t, p) = (t + 1, p + 1);
            else if (p < pattern.Length && pattern[p] == '*')
                (star, mark, p) = (p, t, p + 1);
            else if (star >= 0)
                (p, t, mark) = (star + 1, mark + 1, mark + 1);
            else
                return false;
        }
        while (p < pattern.Length && pattern[p] == '*')
            p++;
        return p == pattern.Length;
    }
}
