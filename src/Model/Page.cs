using System.Collections.Immutable;

namespace Anyvisor.Model;

/// <summary>One page of a list.</summary>
/// <param name="Items">At most as many as were asked for.</param>
/// <param name="NextCursor">Opaque; null on the last page.</param>
/// <param name="Total">How many match the filter now.</param>
public sealed record Page<T>(ImmutableArray<T> Items, string? NextCursor, long Total);
