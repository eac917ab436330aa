namespace Anyvisor.Core.Inventory;

/// <summary>What an operator can set about the inventory.</summary>
public sealed record InventoryOptions
{
    /// <summary>How long a missing object is kept in view before it is removed.</summary>
    public TimeSpan MissingRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long changes are kept as history.</summary>
    public TimeSpan HistoryRetention { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Entries of the history that wait in memory for a store that fails or hangs; beyond it the oldest are dropped.</summary>
    public int MostHistoryWaiting { get; init; } = 200_000;

    /// <summary>A listing is suspicious when it loses at least this share of a provider's guests ...</summary>
    public double SuspiciousShare { get; init; } = 0.5;

    /// <summary>... and at least this many.</summary>
    public int SuspiciousCount { get; init; } = 3;

    /// <summary>Events kept in memory for subscribers that resume; older ones come from the history.</summary>
    public int EventRing { get; init; } = 8192;

    /// <summary>The least time between two rounds of change events: what changes twice within it is told once.</summary>
    public TimeSpan Coalescing { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>How long a subscriber may leave events unread before it is cut off.</summary>
    public TimeSpan SubscriberPatience { get; init; } = TimeSpan.FromSeconds(30);
}
