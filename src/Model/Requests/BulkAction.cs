using System.Collections.Immutable;

namespace Anyvisor.Model;

// The JSON reader sets every init property, to default where the field is absent: collections guard themselves.
/// <summary>The same verb on many guests: chosen by filter or by ids, not by both.</summary>
public sealed record BulkAction
{
    public required Verb Action { get; init; }
    public string? Filter { get; init; }
    public ImmutableArray<string> Ids { get; init => field = value.IsDefault ? [] : value; } = [];
}
