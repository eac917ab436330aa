namespace Anyvisor.Model;

/// <summary>One provider's view of a guest that several providers show.</summary>
/// <param name="Provider">Whose view it is.</param>
/// <param name="Id">The guest's id there; each of them leads to the one guest.</param>
/// <param name="Host">The host as that provider calls it.</param>
/// <param name="Power">As that provider says.</param>
/// <param name="Raw">That system's own word for the state.</param>
/// <param name="Presence">Whether that provider shows it now.</param>
/// <param name="ObservedAt">When that system last said it, UTC.</param>
/// <param name="Authority">Whether this is the view that is shown, and its provider the one that is asked.</param>
public sealed record GuestView(
    string Provider,
    ObjectId Id,
    string? Host,
    PowerState Power,
    string Raw,
    Presence Presence,
    DateTime ObservedAt,
    bool Authority
);
