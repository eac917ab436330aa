using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Observing;

/// <summary>What the inventory itself finds about guests, beside what their drivers find.</summary>
internal static class InventoryConcerns
{
    internal const string Prefix = "inventory.";
    internal const string Listed = Prefix + "listed-twice";
    internal const string Duplicate = Prefix + "duplicate";
    internal const string View = Prefix + "other-view";

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
            View,
            ConcernSeverity.Information,
            "Also seen through another provider",
            $"'{other.Provider}/{other.Name}' is the same guest, seen through {other.Provider}.{(isAuthority ? " That view is the authority." : "")}"
        );
}
