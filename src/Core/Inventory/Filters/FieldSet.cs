using System.Collections.Frozen;
using System.Collections.Immutable;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Filters;

/// <summary>All fields of one kind of object.</summary>
internal sealed class FieldSet<T>
{
    private readonly FrozenDictionary<string, Field<T>> _byName;

    internal FieldSet(string subject, params ImmutableArray<Field<T>> fields)
    {
        Subject = subject;
        All = fields;
        _byName = fields
            .SelectMany(f => f.Aliases.Append(f.Name).Select(name => KeyValuePair.Create(name.ToLowerInvariant(), f)))
            .ToFrozenDictionary();
        Searched = [.. fields.Where(f => f.Searched)];
    }

    /// <summary>What the objects are called, for messages.</summary>
    internal string Subject { get; }

    internal ImmutableArray<Field<T>> All { get; }

    internal ImmutableArray<Field<T>> Searched { get; }

    internal CompiledFilter<T> Compile(FilterSyntax syntax, DateTime now) =>
        new(syntax, [.. syntax.Terms.Select(term => Compile(term, now))]);

    /// <summary>The fields to sort by, in order; the ids' order is added behind them.</summary>
    internal ImmutableArray<(Field<T> Field, bool Descending)> CompileSort(string? sort)
    {
        if (string.IsNullOrWhiteSpace(sort))
            return [(_byName["name"], false)];
        var keys = ImmutableArray.CreateBuilder<(Field<T>, bool)>();
        var position = 0;
        foreach (var part in sort.Split(','))
        {
            var name = part.Trim();
            var descending = name.StartsWith('-');
            if (name.StartsWith('-') || name.StartsWith('+'))
                name = name[1..];
            if (!_byName.TryGetValue(name.ToLowerInvariant(), out var field) || !field.Sortable)
                throw UnknownSort(name, position);
            keys.Add((field, descending));
            position += part.Length + 1;
        }
        if (keys.Count > 8)
            throw new QueryException(QueryPart.Sort, "At most 8 fields can be sorted by.");
        return keys.DrainToImmutable();
    }

    /// <summary>What differs between two observations of an object, but for when they were made.</summary>
    internal ImmutableArray<FieldChange> Compare(T before, T after)
    {
        var changes = ImmutableArray.CreateBuilder<FieldChange>();
        foreach (var field in All)
        {
            if (field.Keyed || field.Name is "id" or "nativeId" or "observedAt" or "presenceSince")
                continue;
            var (from, to) = (field.Show(before), field.Show(after));
            if (from != to)
                changes.Add(new FieldChange(field.Name, from, to));
        }
        return changes.DrainToImmutable();
    }

    private CompiledTerm<T> Compile(FilterTerm term, DateTime now)
    {
        if (term.Operator == FilterOperator.Text)
            return new CompiledTerm<T>(term.Negated, Searched, null, CheckCompiler.FreeText(term));
        if (term.Key is not null && _byName.TryGetValue($"{term.Field}.{term.Key}".ToLowerInvariant(), out var dotted))
            return new CompiledTerm<T>(term.Negated, [dotted], null, CheckCompiler.Compile(term, dotted.Name, dotted.Type, dotted.Words, now));
        if (!_byName.TryGetValue(term.Field, out var field) || term.Key is not null && !_byName.TryGetValue(term.Field + ".", out field))
            throw Unknown(term);
        var name = term.Key is null ? field.Name : $"{term.Field}.{term.Key}";
        return new CompiledTerm<T>(term.Negated, [field], term.Key, CheckCompiler.Compile(term, name, field.Type, field.Words, now));
    }

    private QueryException Unknown(FilterTerm term)
    {
        var written = term.Key is null ? term.Field : $"{term.Field}.{term.Key}";
        var position = term.Position + (term.Negated ? 1 : 0);
        var nearest = NearestNames.To(written, _byName.Keys.Where(n => !n.EndsWith('.')));
        var hint = nearest.IsEmpty ? $"The fields of {Subject} are {Names}." : $"Did you mean {Join(nearest)}?";
        return CheckCompiler.Error(position, $"{Subject} have no field '{written}'. {hint} To search for the text itself, put it in quotes.", nearest);
    }

    private QueryException UnknownSort(string name, int position)
    {
        var nearest = NearestNames.To(name, _byName.Where(f => f.Value.Sortable).Select(f => f.Key));
        var hint = nearest.IsEmpty ? $"They sort by {SortNames}." : $"Did you mean {Join(nearest)}?";
        return new QueryException(QueryPart.Sort, $"Sort, character {position + 1}: {Subject} can't be sorted by '{name}'. {hint}", position, nearest);
    }

    private string Names => string.Join(", ", All.Select(f => f.Keyed ? f.Name + "KEY" : f.Name));

    private string SortNames => string.Join(", ", All.Where(f => f.Sortable).Select(f => f.Name));

    private static string Join(ImmutableArray<string> names) => string.Join(" or ", names);
}
