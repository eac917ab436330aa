using Anyvisor.Model;

namespace Anyvisor.Core.Inventory;

/// <summary>One provider's view of a guest.</summary>
/// <param name="Guest">As that provider shows it.</param>
/// <param name="IsAuthority">Whether this view's state is to be believed and its provider to be asked.</param>
public sealed record GuestView(Guest Guest, bool IsAuthority);
