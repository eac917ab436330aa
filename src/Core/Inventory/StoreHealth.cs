namespace Anyvisor.Core.Inventory;

/// <summary>How well the store keeps up with what is observed.</summary>
/// <param name="Waiting">Rows that wait to be written, those under way included.</param>
/// <param name="Failing">Whether the last attempt to write failed; it is tried again every few seconds.</param>
/// <param name="Dropped">Entries of the history that were dropped since the start, because a store that fails or hangs did not take them for too long.</param>
public readonly record struct StoreHealth(int Waiting, bool Failing, long Dropped);
