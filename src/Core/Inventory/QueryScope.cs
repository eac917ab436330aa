using Anyvisor.Core.Inventory.Filters;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory;

/// <summary>What all lists check and do alike.</summary>
internal static class QueryScope
{
    /// <summary>Names the query that a cursor belongs to.</summary>
    /// <exception cref="QueryException">The limit is out of range.</exception>
    internal static string Of(string subject, FilterSyntax filter, ListQuery query)
    {
        if (query.Limit is < 1 or > ListQuery.MaximumLimit)
            throw new QueryException(QueryPart.Limit, $"The limit is {query.Limit}; it must be 1 to {ListQuery.MaximumLimit}.");
        return $"{subject}\n{filter}\n{query.Sort?.Trim()}\n{query.IncludeService}";
    }

    /// <summary>An id, <c>PROVIDER/NAME</c> or <c>NAME</c>; names may hold slashes themselves.</summary>
    internal static Resolution<T> Resolve<T>(string reference, Func<ObjectId, T?> get, Func<string, IEnumerable<T>> named, Func<T, T>? shown = null)
        where T : class, IInventoryObject
    {
        ArgumentNullException.ThrowIfNull(reference);
        if (ObjectId.TryParse(reference, out var id) && get(id) is { } byId)
            return new Resolution<T>(shown?.Invoke(byId) ?? byId, []);
        var matches = named(reference).ToList();
        for (var slash = reference.IndexOf('/'); slash > 0; slash = reference.IndexOf('/', slash + 1))
        {
            var provider = reference[..slash];
            matches.AddRange(named(reference[(slash + 1)..]).Where(o => o.Provider == provider));
        }
        return Resolution<T>.Of([.. matches.Select(m => shown?.Invoke(m) ?? m).DistinctBy(m => m.Id)]);
    }
}
