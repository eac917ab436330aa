using System.Collections.Immutable;

namespace Anyvisor.Core.Inventory;

/// <summary>The part of a query that is wrong.</summary>
public enum QueryPart : byte
{
    Filter,
    Sort,
    Limit,
    Cursor,
}

/// <summary>A query that can't be understood. The message is for the person who wrote it.</summary>
public sealed class QueryException(QueryPart part, string message, int position = 0, ImmutableArray<string> candidates = default)
    : Exception(message)
{
    public QueryPart Part { get; } = part;

    /// <summary>Zero-based index into the text of the part where the trouble begins.</summary>
    public int Position { get; } = position;

    /// <summary>What the writer may have meant, nearest first.</summary>
    public ImmutableArray<string> Candidates { get; } = candidates.IsDefault ? [] : candidates;
}
