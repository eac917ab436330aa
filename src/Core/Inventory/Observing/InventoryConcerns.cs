using System.Collections.Immutable;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Observing;

/// <summary>What the inventory itself finds about guests, beside what their drivers find.</summary>
internal static class InventoryConcerns
{
    internal const string Prefix = "inventory.";
    internal const string Listed = Prefix + "listed-twice";
    internal const string Duplicate = Prefix + "duplicate";
    internal const string View = Prefix + "other-view";

    /// <summary>On a view that is not the authority: what is marked so is shown through the authority alone.</summary>
    internal const string SecondView = Prefix + "second-view";

    internal static Concern ListedTwice(Guest kept, Guest other) =>
        new(
            Listed,
            ConcernSeverity.Critical,
            "Two guests with one identity",
            $"The provider lists '{kept.Name}' on {kept.Host ?? "an unnamed host"} and '{other.Name}' on {other.Host ?? "an unnamed host"} under the same identity {kept.NativeId}. Only the first is shown.",
            "Give one of them another UUID. Until then starting either may run two copies on one disk."
        );

    internal static Concern DuplicateOf(Guest other) =>
        new(
            Duplicate,
            ConcernSeverity.Critical,
            "Same identity elsewhere",
            $"'{other.Provider}/{other.Name}' on {other.Host ?? "an unnamed host"} has the same UUID {other.NativeId} and is not another view of this guest.",
            "Find out which of the two is current and remove the other, or give it another UUID. A start is refused while the other runs."
        );

    internal static Concern OtherViewOf(Guest other, bool isAuthority) =>
        new(
            isAuthority ? SecondView : View,
            ConcernSeverity.Information,
            "Also seen through another provider",
            $"'{other.Provider}/{other.Name}' is the same guest, seen through {other.Provider}.{(isAuthority ? " That view is the authority." : "")}"
        );

    /// <summary>Whether any concern is one of ours, which the driver does not bring again.</summary>
    internal static bool HasOurs(ImmutableArray<Concern> concerns) => Any(concerns, static concern => concern.Id.StartsWith(Prefix, StringComparison.Ordinal));

    internal static bool IsSecondView(ImmutableArray<Concern> concerns) => Any(concerns, static concern => concern.Id == SecondView);

    internal static bool HasViews(ImmutableArray<Concern> concerns) => Any(concerns, static concern => concern.Id is View or SecondView);

    private static bool Any(ImmutableArray<Concern> concerns, Func<Concern, bool> fits)
    {
        if (!concerns.IsDefaultOrEmpty)
            foreach (var concern in concerns)
                if (fits(concern))
                    return true;
        return false;
    }
}
