using System.Collections.Immutable;
using Anyvisor.Core.Inventory.Columns;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Observing;

/// <summary>
/// Finds guests that have one UUID at several providers. On one host they are views of one guest (a host and its
/// manager), which is shown once, through its authority; on different hosts they are two guests of which only one may
/// run. Why it is decided so: docs/decisions/0006-one-guest-many-views.md.
/// </summary>
internal sealed class GuestIdentities(Estate estate, Func<string, ProviderWriter> writer)
{
    /// <summary>Sets or clears the concerns of all guests with this UUID.</summary>
    internal void Check(Guid uuid)
    {
        var slots = estate.Guests.FindUuid(uuid);
        // Nearly all guests are seen once: nothing is read for them.
        if (slots is [var only] && estate.Guests.ChunkOf(only).Marked[GuestTable.PlaceOf(only)] == 0)
            return;
        var guests = Read(slots);
        foreach (var guest in guests)
        {
            ImmutableArray<Concern> found = [.. guests.Where(other => other.Id != guest.Id).Select(other => Judge(guest, other, guests))];
            if (found.IsEmpty && !guest.Concerns.Any(IsOurs))
                continue;
            writer(guest.Provider).SetConcerns(guest.Id, concerns => [.. concerns.Where(c => !IsOurs(c)), .. found]);
        }
    }

    /// <summary>All views of the guest, the authority first; empty when it is seen once.</summary>
    internal ImmutableArray<GuestView> Views(Guest guest)
    {
        if (!InventoryConcerns.HasViews(guest.Concerns))
            return [];
        var views = Same(guest, With(guest));
        if (views.Count < 2)
            return [];
        var authority = Authority(views);
        return [.. views.OrderByDescending(v => v.Id == authority.Id).ThenBy(v => v.Provider, StringComparer.Ordinal).Select(v => ViewOf(v, v.Id == authority.Id))];
    }

    /// <summary>The guest as it is shown: through its authority, with all views.</summary>
    internal Guest Shown(Guest guest)
    {
        if (Views(guest) is not { IsEmpty: false } views)
            return guest;
        var main = views[0].Id == guest.Id ? guest : estate.Guests.Find(views[0].Id) is >= 0 and var slot ? estate.Guests.Read(slot) ?? guest : guest;
        return main with { Views = views };
    }

    /// <summary>
    /// The guest that this one, which is or was a view of it, is shown as; null where nothing else is shown for it.
    /// </summary>
    internal Guest? ShownFor(Guest view) =>
        Same(view, With(view)).Where(other => other.Id != view.Id).ToList() is { Count: > 0 } others && Authority(others) is var authority ? Shown(authority) : null;

    /// <summary>The guest with all its views, of which this one is as it was.</summary>
    internal Guest WithOld(Guest shown, Guest view)
    {
        if (!InventoryConcerns.HasViews(view.Concerns))
            return shown;
        var views = Same(view, With(view)).Where(other => other.Id != view.Id).Select(other => ViewOf(other, other.Id == shown.Id));
        return shown with { Views = [.. views.Append(ViewOf(view, view.Id == shown.Id))] };
    }

    /// <summary>
    /// What forbids a start of this guest: another guest with its identity that runs, or a view of it that says it does.
    /// </summary>
    internal Guest? RunningTwin(Guest guest) =>
        With(guest).FirstOrDefault(other => other.Id != guest.Id && MayRun(other) && !(MayRun(guest) && IsSame(guest, other)));

    private static bool MayRun(Guest guest) => guest.Power is not (PowerState.Off or PowerState.Crashed) && guest.Presence != Presence.Missing;

    private List<Guest> With(Guest guest) => guest.NativeId.TryGetUuid(out var uuid) ? Read(estate.Guests.FindUuid(uuid)) : [guest];

    private List<Guest> Read(List<int> slots) => [.. slots.Select(estate.Guests.Read).OfType<Guest>().DistinctBy(g => g.Id)];

    private static List<Guest> Same(Guest guest, List<Guest> guests) => [.. guests.Where(other => other.Id == guest.Id || IsSame(guest, other))];

    private static Concern Judge(Guest guest, Guest other, List<Guest> guests) =>
        IsSame(guest, other) ? InventoryConcerns.OtherViewOf(other, Authority(Same(guest, guests)).Id == other.Id) : InventoryConcerns.DuplicateOf(other);

    /// <summary>
    /// The same host by its first label, with nothing in the hardware addresses against it; where one of them names no
    /// host, a hardware address in common has to speak for it.
    /// </summary>
    private static bool IsSame(Guest guest, Guest other)
    {
        if (guest.Provider == other.Provider)
            return false;
        var (left, right) = (Macs(guest), Macs(other));
        if (HostOf(guest) is not { } here || HostOf(other) is not { } there)
            return left.Overlaps(right);
        return string.Equals(here, there, StringComparison.OrdinalIgnoreCase) && (left.Count == 0 || right.Count == 0 || left.Overlaps(right));
    }

    /// <summary>
    /// One that is shown at all before one that is missing; then the one that knows a cluster, which manages the other;
    /// then the first by name, so that it never changes by itself.
    /// </summary>
    private static Guest Authority(IEnumerable<Guest> views) =>
        views.OrderBy(v => v.Presence == Presence.Missing).ThenBy(v => v.Cluster is null).ThenBy(v => v.Provider, StringComparer.Ordinal).First();

    private static GuestView ViewOf(Guest guest, bool authority) =>
        new(guest.Provider, guest.Id, guest.Host, guest.Power, guest.Raw, guest.Presence, guest.ObservedAt, authority);

    private static HashSet<MacAddress> Macs(Guest guest) => [.. guest.Nics.Select(n => n.Mac).OfType<MacAddress>()];

    /// <summary>The host's first label; null where it says nothing, as every machine's name for itself does.</summary>
    private static string? HostOf(Guest guest)
    {
        if (guest.Host is not { } host)
            return null;
        var label = host.IndexOf('.') is var dot and > 0 ? host[..dot] : host;
        return string.Equals(label, "localhost", StringComparison.OrdinalIgnoreCase) ? null : label;
    }

    private static bool IsOurs(Concern concern) => concern.Id is InventoryConcerns.View or InventoryConcerns.SecondView or InventoryConcerns.Duplicate;
}
