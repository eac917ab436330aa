using System.Collections.Immutable;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory;

/// <summary>What a person's reference (an id, <c>NAME</c> or <c>PROVIDER/NAME</c>) stands for.</summary>
/// <param name="Found">The one object; null when there is none or more than one.</param>
/// <param name="Candidates">All of them when there is more than one, as <c>PROVIDER/NAME</c> or, where that is not enough, as ids.</param>
public sealed record Resolution<T>(T? Found, ImmutableArray<string> Candidates)
    where T : class, IInventoryObject
{
    public bool IsAmbiguous => !Candidates.IsDefaultOrEmpty;

    internal static Resolution<T> Of(IReadOnlyList<T> matches)
    {
        if (matches.Count == 0)
            return new Resolution<T>(null, []);
        if (matches.Count == 1)
            return new Resolution<T>(matches[0], []);
        var byName = matches.Select(m => $"{m.Provider}/{m.Name}").ToList();
        var unique = byName.Distinct(StringComparer.Ordinal).Count() == byName.Count;
        return new Resolution<T>(
            null,
            [.. unique ? byName.Order(StringComparer.Ordinal) : matches.Select(m => m.Id.ToString()).Order(StringComparer.Ordinal)]
        );
    }
}
