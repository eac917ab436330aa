using System.Collections.Immutable;
using Anyvisor.Core.Inventory;
using Anyvisor.Core.Problems;
using Anyvisor.Model;

namespace Anyvisor.Core.Guests;

/// <summary>Which guests a bulk action means: fixed when it is asked, whatever changes later.</summary>
internal static class BulkSelection
{
    /// <exception cref="CommandException">None, too many, an unknown one, or both a filter and ids.</exception>
    public static ImmutableArray<Guest> Guests(GuestParts parts, BulkAction request, int most)
    {
        var byFilter = !string.IsNullOrWhiteSpace(request.Filter);
        if (byFilter == !request.Ids.IsDefaultOrEmpty)
            throw ProblemFactory.Invalid("A bulk action names its guests by 'filter' or by 'ids', by one of them.");
        var guests = byFilter ? ByFilter(parts.Inventory, request.Filter!, most) : ById(parts, request.Ids, most);
        return guests.IsEmpty ? throw ProblemFactory.Invalid($"No guest matches '{request.Filter}'.") : guests;
    }

    private static ImmutableArray<Guest> ById(GuestParts parts, ImmutableArray<string> ids, int most)
    {
        if (ids.Length > most)
            throw TooMany(ids.Length, most);
        return [.. ids.Select(parts.Guest).DistinctBy(guest => guest.Id)];
    }

    private static ImmutableArray<Guest> ByFilter(EstateInventory inventory, string filter, int most)
    {
        var guests = ImmutableArray.CreateBuilder<Guest>();
        string? cursor = null;
        do
        {
            var page = inventory.QueryGuests(new ListQuery { Filter = filter, Limit = ListQuery.MaximumLimit, Cursor = cursor });
            if (page.Total > most)
                throw TooMany(page.Total, most);
            guests.AddRange(page.Items);
            cursor = page.NextCursor;
        } while (cursor is not null);
        return [.. guests.DistinctBy(guest => guest.Id)];
    }

    private static CommandException TooMany(long count, int most) =>
        ProblemFactory.Invalid($"{count} guests are more than one bulk action takes ({most}): narrow the filter, or do it in parts.");
}
