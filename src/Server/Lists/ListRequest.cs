using System.Globalization;
using Anyvisor.Core.Inventory;
using Anyvisor.Core.Problems;
using Anyvisor.Server.Json;

namespace Anyvisor.Server.Lists;

/// <summary>What a list is asked for. Parameters that a list does not take are errors: a typo must not widen a result.</summary>
internal sealed record ListRequest
{
    public string? Filter { get; private init; }
    public string? Sort { get; private init; }
    public int Limit { get; private init; } = ListQuery.DefaultLimit;
    public string? Cursor { get; private init; }
    public string? Fields { get; private init; }

    /// <param name="request">The request.</param>
    /// <param name="taken">Further parameters that this list takes.</param>
    internal static ListRequest Read(HttpRequest request, params ReadOnlySpan<string> taken)
    {
        string[] known = ["filter", "sort", "limit", "cursor", "fields", .. taken];
        QueryText.RequireKnown(request, known);
        return new ListRequest
        {
            Filter = QueryText.Single(request, "filter"),
            Sort = QueryText.Single(request, "sort"),
            Cursor = QueryText.Single(request, "cursor"),
            Fields = QueryText.Single(request, "fields"),
            Limit = QueryText.Single(request, "limit") is { } limit ? ParseLimit(limit) : ListQuery.DefaultLimit,
        };
    }

    internal ListQuery ToQuery(bool includeService = false) =>
        new()
        {
            Filter = Filter,
            Sort = Sort,
            Limit = Limit,
            Cursor = Cursor,
            IncludeService = includeService,
        };

    private static int ParseLimit(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= ListQuery.MaximumLimit
            ? limit
            : throw ProblemFactory.Invalid($"limit is a whole number from 1 to {ListQuery.MaximumLimit}, not '{text}'.");
}
