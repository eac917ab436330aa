namespace Anyvisor.Core.Store;

/// <summary>Where the store is.</summary>
public sealed record StoreOptions
{
    /// <summary>The data directory; made with mode 0700 where it is missing.</summary>
    public required string Directory { get; init; }

    /// <summary>What <c>--store</c> says; null is SQLite in the data directory.</summary>
    public string? Url { get; init; }

    /// <summary>
    /// Bytes that have to be free on the disk before new work is accepted: what runs already can then still be
    /// written down to its end.
    /// </summary>
    public long Reserve { get; init; } = 32L << 20;
}
