using System.Collections.Immutable;

namespace Anyvisor.Core.Inventory.Filters;

/// <summary>One term, bound to the fields that it looks at: one, or for free text several of which any will do.</summary>
internal sealed record CompiledTerm<T>(bool Negated, ImmutableArray<Field<T>> Fields, string? Key, Check Check)
{
    internal bool Fits(T item)
    {
        foreach (var field in Fields)
            if (field.Fits(item, Check, Key))
                return !Negated;
        return Negated;
    }
}

/// <summary>A filter bound to the fields of one kind of object. Immutable.</summary>
internal sealed class CompiledFilter<T>(FilterSyntax syntax, ImmutableArray<CompiledTerm<T>> terms)
{
    internal FilterSyntax Syntax { get; } = syntax;

    internal ImmutableArray<CompiledTerm<T>> Terms { get; } = terms;

    internal bool Fits(T item)
    {
        foreach (var term in Terms)
            if (!term.Fits(item))
                return false;
        return true;
    }
}
