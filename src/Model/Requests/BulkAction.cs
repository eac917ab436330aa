using System.Collections.Immutable;

namespace Anyvisor.Model;

/// <summary>The same verb on many guests: chosen by filter or by ids, not by both.</summary>
public sealed record BulkAction
{
    public required Verb Action { get; init; }
    public string? Filter { get; init; }
    public ImmutableArray<string> Ids { get; init; } = [];
}
