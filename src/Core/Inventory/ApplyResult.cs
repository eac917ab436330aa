namespace Anyvisor.Core.Inventory;

/// <summary>What a batch of observations did.</summary>
/// <param name="Changed">Objects that are now different from before, new and gone ones included.</param>
/// <param name="ListingCompleted">Whether a full listing became whole with this batch.</param>
/// <param name="Suspicion">Set when that listing lost an implausible share of the guests, so nothing was declared missing.</param>
public sealed record ApplyResult(int Changed, bool ListingCompleted, SuspiciousDrop? Suspicion);

/// <summary>A listing that says success and lacks more guests than is plausible.</summary>
/// <param name="Provider">Who sent it.</param>
/// <param name="Known">How many guests were known before.</param>
/// <param name="Lost">How many of them the listing did not have.</param>
/// <param name="Since">When it was first seen, UTC.</param>
public sealed record SuspiciousDrop(string Provider, int Known, int Lost, DateTime Since);
