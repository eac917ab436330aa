namespace Anyvisor.Core.Inventory;

/// <summary>What a list is asked for, as the API takes it.</summary>
public sealed record ListQuery
{
    public const int DefaultLimit = 100;
    public const int MaximumLimit = 1000;

    /// <summary>In the filter language; null or empty for everything.</summary>
    public string? Filter { get; init; }

    /// <summary>Fields with commas, <c>-</c> for descending (<c>-memory,name</c>); null for by name. Ties go by id.</summary>
    public string? Sort { get; init; }

    /// <summary>Items a page, 1 to <see cref="MaximumLimit"/>.</summary>
    public int Limit { get; init; } = DefaultLimit;

    /// <summary>The <c>nextCursor</c> of the page before, for the same filter and sort.</summary>
    public string? Cursor { get; init; }

    /// <summary>Whether the platforms' own guests are listed without the filter naming <c>service</c>.</summary>
    public bool IncludeService { get; init; }
}
