using System.Collections.Immutable;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Filters;

/// <summary>Turns a term into a check for a field's type, or says what is wrong with it.</summary>
internal static class CheckCompiler
{
    internal static Check Compile(FilterTerm term, string field, FieldType type, ImmutableArray<string> words, DateTime now) =>
        type switch
        {
            FieldType.Text => Text(term, field),
            FieldType.Word => Word(term, field, words),
            FieldType.Flag => Flag(term, field),
            _ => Number(term, field, type, now),
        };

    internal static Check.OfText FreeText(FilterTerm term) => new([.. term.Values.Select(v => TextPattern.Of(FilterOperator.Like, v))]);

    private static Check.OfText Text(FilterTerm term, string field)
    {
        if (term.Operator is not (FilterOperator.Is or FilterOperator.Like))
            throw Error(term.Position, $"'{field}' is text, which has no greater or less: write {field}:VALUE or {field}~PART.");
        return new Check.OfText([.. term.Values.Select(v => TextPattern.Of(term.Operator, v))]);
    }

    private static Check.OfWord Word(FilterTerm term, string field, ImmutableArray<string> words)
    {
        if (term.Operator is not (FilterOperator.Is or FilterOperator.Like))
            throw Error(term.Position, $"'{field}' is a word, which has no greater or less: write {field}:{words[0]}.");
        ulong mask = 0;
        foreach (var value in term.Values)
        {
            var pattern = TextPattern.Of(term.Operator, value);
            ulong fits = 0;
            for (var i = 0; i < words.Length; i++)
                if (pattern.Fits(words[i]))
                    fits |= 1UL << i;
            if (fits == 0)
                throw Error(
                    value.Position,
                    $"'{value.Text}' is no value of '{field}'. Its values are {string.Join(", ", words)}.",
                    NearestNames.To(value.Text, words)
                );
            mask |= fits;
        }
        return new Check.OfWord(mask);
    }

    private static Check.OfWord Flag(FilterTerm term, string field)
    {
        if (term.Operator != FilterOperator.Is)
            throw Error(term.Position, $"'{field}' is true or false: write {field}:true.");
        ulong mask = 0;
        foreach (var value in term.Values)
            mask |= value.Text.ToLowerInvariant() switch
            {
                "true" or "yes" => 2UL,
                "false" or "no" => 1UL,
                _ => throw Error(value.Position, $"'{field}' is true or false, not '{value.Text}'.", ["true", "false"]),
            };
        return new Check.OfWord(mask);
    }

    private static Check.OfNumber Number(FilterTerm term, string field, FieldType type, DateTime now)
    {
        if (term.Operator == FilterOperator.Like)
            throw Error(term.Position, $"'{field}' is {Describe(type)}: compare it with ':', '<', '<=', '>' or '>='.");
        if (term.Operator != FilterOperator.Is && term.Values.Length > 1)
            throw Error(term.Values[1].Position, $"'{field}' is compared with one value here; several go with ':' only.");
        return new Check.OfNumber([.. term.Values.Select(v => Range(term.Operator, Span(v, field, type, now)))]);
    }

    private static (long, long) Range(FilterOperator @operator, (decimal From, decimal To) span) =>
        @operator switch
        {
            FilterOperator.Is => (Clamp(Math.Ceiling(span.From)), Clamp(Math.Floor(span.To))),
            FilterOperator.Less => (long.MinValue, Clamp(Math.Ceiling(span.From) - 1)),
            FilterOperator.LessOrEqual => (long.MinValue, Clamp(Math.Floor(span.To))),
            FilterOperator.Greater => (Clamp(Math.Floor(span.To) + 1), long.MaxValue),
            _ => (Clamp(Math.Ceiling(span.From)), long.MaxValue),
        };

    /// <summary>The values that the text stands for: one, or for a day all of its moments.</summary>
    private static (decimal From, decimal To) Span(FilterValue value, string field, FieldType type, DateTime now)
    {
        switch (type)
        {
            case FieldType.Size when Quantities.TryBytes(value.Text, out var bytes):
                return (bytes, bytes);
            case FieldType.Number when Quantities.TryNumber(value.Text, out var number):
                return (number, number);
            case FieldType.Time when Quantities.TryMoment(value.Text, now, out var moment):
                var length = value.Text.Length == "yyyy-MM-dd".Length && value.Text[4] == '-' ? TimeSpan.TicksPerDay - 1 : 0;
                return (moment.Ticks, moment.Ticks + length);
            default:
                throw Error(value.Position, $"'{value.Text}' is not {Describe(type)}, which '{field}' is compared with.");
        }
    }

    private static long Clamp(decimal value) =>
        value >= long.MaxValue ? long.MaxValue
        : value <= long.MinValue ? long.MinValue
        : (long)value;

    private static string Describe(FieldType type) =>
        type switch
        {
            FieldType.Size => "a size such as 8GiB, 500MB or a number of bytes",
            FieldType.Time => "a time such as 2026-01-31, 2026-01-31T12:00:00Z or, for so long ago, 7d",
            _ => "a number",
        };

    internal static QueryException Error(int position, string message, ImmutableArray<string> candidates = default) =>
        new(QueryPart.Filter, $"Filter, character {position + 1}: {message}", position, candidates);
}
