using System.Collections.Immutable;
using System.Text;

namespace Anyvisor.Core.Inventory.Filters;

/// <summary>One of a term's alternatives.</summary>
/// <param name="Text">Without its quotes.</param>
/// <param name="Quoted">Whether wildcards in it are plain characters.</param>
/// <param name="Position">Where it stands in the filter's text.</param>
public readonly record struct FilterValue(string Text, bool Quoted, int Position)
{
    /// <summary>The same value wherever it stands.</summary>
    public bool Equals(FilterValue other) => Text == other.Text && Quoted == other.Quoted;

    public override int GetHashCode() => HashCode.Combine(Text, Quoted);

    internal bool HasWildcard => !Quoted && Text.AsSpan().ContainsAny('*', '?');
}

/// <summary>One term of a filter, as written.</summary>
/// <param name="Negated">Whether it began with <c>-</c>.</param>
/// <param name="Field">In lower case, without the key; empty for free text.</param>
/// <param name="Key">What follows the dot of <c>tag.KEY</c>; null for other fields.</param>
/// <param name="Operator">How it compares.</param>
/// <param name="Values">At least one.</param>
/// <param name="Position">Where it stands in the filter's text.</param>
public sealed record FilterTerm(
    bool Negated,
    string Field,
    string? Key,
    FilterOperator Operator,
    ImmutableArray<FilterValue> Values,
    int Position
)
{
    public bool Equals(FilterTerm? other) =>
        other is not null
        && Negated == other.Negated
        && Field == other.Field
        && Key == other.Key
        && Operator == other.Operator
        && Values.AsSpan().SequenceEqual(other.Values.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Negated, Field, Key, Operator, Values.Length);

    public override string ToString()
    {
        var text = new StringBuilder();
        if (Negated)
            text.Append('-');
        if (Operator != FilterOperator.Text)
        {
            text.Append(Field);
            if (Key is not null)
                text.Append('.').Append(FilterParser.IsBareKey(Key) ? Key : FilterParser.Quote(Key));
            text.Append(SymbolOf(Operator));
        }
        for (var i = 0; i < Values.Length; i++)
        {
            if (i > 0)
                text.Append(',');
            text.Append(Values[i].Quoted ? FilterParser.Quote(Values[i].Text) : Values[i].Text);
        }
        return text.ToString();
    }

    private static string SymbolOf(FilterOperator @operator) =>
        @operator switch
        {
            FilterOperator.Is => ":",
            FilterOperator.Like => "~",
            FilterOperator.Less => "<",
            FilterOperator.LessOrEqual => "<=",
            FilterOperator.Greater => ">",
            _ => ">=",
        };
}

/// <summary>A filter as written: terms that must all hold. Knows nothing of fields yet.</summary>
public sealed record FilterSyntax(ImmutableArray<FilterTerm> Terms)
{
    public bool Equals(FilterSyntax? other) => other is not null && Terms.AsSpan().SequenceEqual(other.Terms.AsSpan());

    public override int GetHashCode() => Terms.Length;

    /// <summary>The filter in its plainest spelling; parsing it gives an equal filter.</summary>
    public override string ToString() => string.Join(' ', Terms);
}
