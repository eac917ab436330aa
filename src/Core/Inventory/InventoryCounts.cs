namespace Anyvisor.Core.Inventory;

/// <summary>How much of a provider the inventory holds.</summary>
/// <param name="Guests">Guests, the platforms' own ones included.</param>
/// <param name="Hosts">Hosts.</param>
/// <param name="Missing">Guests that two listings in a row did not have.</param>
public sealed record InventoryCounts(int Guests, int Hosts, int Missing);
