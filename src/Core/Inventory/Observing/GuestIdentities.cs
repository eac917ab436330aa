using System.Collections.Immutable;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Observing;

/// <summary>
/// Finds guests that have one UUID at several providers. On one host they are views of one guest (a host and its
/// manager); on different hosts they are two guests of which only one may run.
/// </summary>
internal sealed class GuestIdentities(Estate estate, Func<string, ProviderWriter> writer)
{
    /// <summary>Sets or clears the concerns of all guests with this UUID.</summary>
    internal void Check(Guid uuid)
    {
        var guests = With(uuid);
        foreach (var guest in guests)
        {
            var found = guests.Where(other => other.Id != guest.Id).Select(other => Judge(guest, other)).ToImmutableArray();
            if (found.IsEmpty && !guest.Concerns.Any(IsOurs))
                continue;
            writer(guest.Provider).SetConcerns(guest.Id, concerns => [.. concerns.Where(c => !IsOurs(c)), .. found]);
        }
    }

    /// <summary>All views of the guest, the authority first; the guest alone when it is seen once.</summary>
    internal ImmutableArray<GuestView> Views(Guest guest)
    {
        var views = Others(guest).Where(other => IsSame(guest, other)).Append(guest).ToList();
        var authority = Authority(views);
        return [.. views.OrderByDescending(v => v.Id == authority.Id).ThenBy(v => v.Provider, StringComparer.Ordinal).Select(v => new GuestView(v, v.Id == authority.Id))];
    }

    /// <summary>Another guest with this one's identity that runs now.</summary>
    internal Guest? RunningTwin(Guest guest) =>
        Others(guest).FirstOrDefault(other => !IsSame(guest, other) && other.Power is not (PowerState.Off or PowerState.Crashed) && other.Presence != Presence.Missing);

    private IEnumerable<Guest> Others(Guest guest) => guest.NativeId.TryGetUuid(out var uuid) ? With(uuid).Where(other => other.Id != guest.Id) : [];

    private List<Guest> With(Guid uuid) => [.. estate.Guests.FindUuid(uuid).Select(estate.Guests.Read).OfType<Guest>().DistinctBy(g => g.Id)];

    private static Concern Judge(Guest guest, Guest other) =>
        IsSame(guest, other) ? InventoryConcerns.OtherViewOf(other, Authority([guest, other]).Id == other.Id) : InventoryConcerns.DuplicateOf(other);

    /// <summary>The same host by its first label, and, where both say them, a hardware address in common.</summary>
    private static bool IsSame(Guest guest, Guest other)
    {
        if (guest.Provider == other.Provider || guest.Host is null || other.Host is null)
            return false;
        if (!string.Equals(ShortName(guest.Host), ShortName(other.Host), StringComparison.OrdinalIgnoreCase))
            return false;
        var (left, right) = (Macs(guest), Macs(other));
        return left.Count == 0 || right.Count == 0 || left.Overlaps(right);
    }

    /// <summary>The one that knows a cluster manages the other; otherwise the first by name, so that it never changes by itself.</summary>
    private static Guest Authority(IEnumerable<Guest> views) =>
        views.OrderBy(v => v.Cluster is null).ThenBy(v => v.Provider, StringComparer.Ordinal).First();

    private static HashSet<MacAddress> Macs(Guest guest) => [.. guest.Nics.Select(n => n.Mac).OfType<MacAddress>()];

    private static string ShortName(string host) => host.IndexOf('.') is var dot and > 0 ? host[..dot] : host;

    private static bool IsOurs(Concern concern) => concern.Id is InventoryConcerns.View or InventoryConcerns.Duplicate;
}
