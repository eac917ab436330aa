using System.Collections.Immutable;
using System.Text;

namespace Anyvisor.Core.Inventory.Filters;

/// <summary>Reads the filter language. Every text either parses or fails with a <see cref="QueryException"/> that points into it.</summary>
public static class FilterParser
{
    /// <summary>Longer texts are refused: a filter is typed, not generated.</summary>
    public const int MaximumLength = 4096;

    private const int MaximumTerms = 64;

    /// <exception cref="QueryException">The text is not a filter.</exception>
    public static FilterSyntax Parse(string? text)
    {
        text ??= "";
        if (text.Length > MaximumLength)
            throw new QueryException(QueryPart.Filter, $"The filter has {text.Length} characters; at most {MaximumLength} are allowed.");
        var reader = new Reader(text);
        var terms = ImmutableArray.CreateBuilder<FilterTerm>();
        while (reader.SkipSpace())
        {
            if (terms.Count == MaximumTerms)
                throw Reader.Error(reader.At, $"The filter has more than {MaximumTerms} terms.");
            terms.Add(reader.Term());
        }
        return new FilterSyntax(terms.DrainToImmutable());
    }

    internal static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (c is '"' or '\\')
                quoted.Append('\\');
            quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }

    internal static bool IsBareKey(string key) => key.Length > 0 && !key.Any(c => char.IsWhiteSpace(c) || IsOperator(c) || c is '"' or ',');

    private static bool IsOperator(char c) => c is ':' or '=' or '~' or '<' or '>';

    private ref struct Reader(string text)
    {
        internal int At { get; private set; }

        private readonly bool Done => At >= text.Length;

        internal bool SkipSpace()
        {
            while (!Done && char.IsWhiteSpace(text[At]))
                At++;
            return !Done;
        }

        internal FilterTerm Term()
        {
            var start = At;
            var negated = text[At] == '-';
            if (negated)
                At++;
            if (Done || char.IsWhiteSpace(text[At]))
                throw Error(start, "'-' stands alone: put it before the term that it negates, or in quotes.");
            var (field, key) = Field();
            if (field is null)
                return new FilterTerm(negated, "", null, FilterOperator.Text, Values(), start);
            var @operator = Operator();
            if (Done || char.IsWhiteSpace(text[At]))
                throw Error(At, $"A value is missing after '{field}'. For an empty value write \"\".");
            return new FilterTerm(negated, field, key, @operator, Values(), start);
        }

        /// <summary>The field's name when an operator follows it; otherwise nothing is consumed.</summary>
        private (string? Field, string? Key) Field()
        {
            var start = At;
            if (!char.IsAsciiLetter(text[At]))
                return default;
            var dot = -1;
            var i = At;
            for (; i < text.Length && !IsOperator(text[i]); i++)
            {
                if (char.IsWhiteSpace(text[i]) || text[i] == ',')
                    return default;
                if (text[i] == '.' && dot < 0)
                {
                    dot = i;
                    if (i + 1 < text.Length && text[i + 1] == '"')
                        return QuotedKey(start, dot);
                }
                else if (text[i] == '"')
                    return default;
            }
            if (i == text.Length)
                return default;
            At = i;
            var name = text[start..(dot < 0 ? i : dot)].ToLowerInvariant();
            return (name, dot < 0 ? null : text[(dot + 1)..i]);
        }

        private (string? Field, string? Key) QuotedKey(int start, int dot)
        {
            At = dot + 1;
            var key = Quoted();
            if (Done || !IsOperator(text[At]))
                throw Error(At, "After a quoted key comes ':', '~' or a comparison.");
            return (text[start..dot].ToLowerInvariant(), key);
        }

        private FilterOperator Operator()
        {
            var first = text[At++];
            var orEqual = first is '<' or '>' && !Done && text[At] == '=';
            if (orEqual)
                At++;
            return (first, orEqual) switch
            {
                ('~', _) => FilterOperator.Like,
                ('<', false) => FilterOperator.Less,
                ('<', true) => FilterOperator.LessOrEqual,
                ('>', false) => FilterOperator.Greater,
                ('>', true) => FilterOperator.GreaterOrEqual,
                _ => FilterOperator.Is,
            };
        }

        private ImmutableArray<FilterValue> Values()
        {
            var values = ImmutableArray.CreateBuilder<FilterValue>();
            while (true)
            {
                values.Add(Value());
                if (Done || char.IsWhiteSpace(text[At]))
                    return values.DrainToImmutable();
                if (text[At] != ',')
                    throw Error(At, "After a quoted value comes a space or ','.");
                At++;
            }
        }

        private FilterValue Value()
        {
            var start = At;
            if (!Done && text[At] == '"')
                return new FilterValue(Quoted(), true, start);
            while (!Done && !char.IsWhiteSpace(text[At]) && text[At] is not (',' or '"'))
                At++;
            if (At == start)
                throw Error(start, "A value is missing. For an empty value write \"\".");
            if (!Done && text[At] == '"')
                throw Error(At, "A quote stands inside a value: put the whole value in quotes.");
            return new FilterValue(text[start..At], false, start);
        }

        private string Quoted()
        {
            var start = At++;
            var value = new StringBuilder();
            while (!Done && text[At] != '"')
            {
                if (text[At] == '\\' && At + 1 < text.Length)
                    At++;
                value.Append(text[At++]);
            }
            if (Done)
                throw Error(start, "The quote that begins here is not closed.");
            At++;
            return value.ToString();
        }

        internal static QueryException Error(int position, string message) =>
            new(QueryPart.Filter, $"Filter, character {position + 1}: {message}", position);
    }
}
