using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Core.Inventory.Filters;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Events;

/// <summary>What differs between two observations of a guest, field by field as the API names them.</summary>
internal static class GuestDifference
{
    /// <summary>The field of a guest's other views.</summary>
    internal const string Views = "views";
    private const string Silent = ", unreachable";

    /// <summary>A view of a guest through another provider, as a change names it.</summary>
    internal static string? Show(Guest? view) =>
        view is null
            ? null
            : $"{view.Provider}: {Words<PowerState>.Of(view.Power)} ({view.Raw}) on {view.Host ?? "no host"}"
                + view.Presence switch
                {
                    Presence.Missing => ", missing",
                    Presence.Unreachable => Silent,
                    _ => "",
                };

    /// <summary>Whether all that changed is that a view's provider answers, or no longer does.</summary>
    internal static bool IsAnswerOfView(FieldChange change) =>
        change is { Field: Views, From: { } from, To: { } to } && from.Replace(Silent, "", StringComparison.Ordinal) == to.Replace(Silent, "", StringComparison.Ordinal);

    internal static ImmutableArray<FieldChange> Of(Guest before, Guest after)
    {
        var changes = ImmutableArray.CreateBuilder<FieldChange>();
        Text("name", before.Name, after.Name);
        Text("host", before.Host, after.Host);
        Text("cluster", before.Cluster, after.Cluster);
        Text("project", before.Project, after.Project);
        Word("kind", before.Kind, after.Kind);
        Word("power", before.Power, after.Power);
        Word("transition", before.Transition, after.Transition);
        Word("lifecycle", before.Lifecycle, after.Lifecycle);
        Word("presence", before.Presence, after.Presence);
        Text("raw", before.Raw, after.Raw);
        Word("arch", before.Arch, after.Arch);
        if (before.Os != after.Os)
            Text("os", Show(before.Os), Show(after.Os));
        Word("firmware", before.Firmware, after.Firmware);
        Word("virtualization", before.Virtualization, after.Virtualization);
        Text("hypervisor", before.Hypervisor, after.Hypervisor);
        if (before.Vcpus != after.Vcpus)
            Text("vcpus", Show(before.Vcpus), Show(after.Vcpus));
        if (before.Memory != after.Memory)
            Text("memory", Show(before.Memory), Show(after.Memory));
        if (before.Entitlement != after.Entitlement)
            Text("entitlement", Show(before.Entitlement), Show(after.Entitlement));
        Text("disks", Show(before.Disks, Show), Show(after.Disks, Show));
        Text("nics", Show(before.Nics, Show), Show(after.Nics, Show));
        Text("addresses", Show(before.Addresses, a => a), Show(after.Addresses, a => a));
        if (!ReferenceEquals(before.Tags, after.Tags))
            Text("tags", Show(before.Tags), Show(after.Tags));
        Text("images", Show(before.Images, i => i), Show(after.Images, i => i));
        Text("description", before.Description, after.Description);
        Text("createdAt", Show(before.CreatedAt), Show(after.CreatedAt));
        Text("concerns", Show(before.Concerns, c => c.Id), Show(after.Concerns, c => c.Id));
        if (before.Service != after.Service)
            Text("service", before.Service ? "true" : "false", after.Service ? "true" : "false");
        return changes.DrainToImmutable();

        void Text(string field, string? from, string? to)
        {
            if (from != to)
                changes.Add(new FieldChange(field, from, to));
        }

        void Word<TEnum>(string field, TEnum from, TEnum to)
            where TEnum : struct, Enum
        {
            if (!EqualityComparer<TEnum>.Default.Equals(from, to))
                changes.Add(new FieldChange(field, Words<TEnum>.Of(from), Words<TEnum>.Of(to)));
        }
    }

    private static string Show(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string? Show(DateTime? time) => time?.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture);

    private static string Show(OperatingSystemInfo os) => string.Join(' ', new[] { Words<OsFamily>.Of(os.Family), os.Distribution, os.Version }.Where(t => t is not null));

    private static string? Show(Entitlement? entitlement) =>
        entitlement is null
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{entitlement.Units} units, {Words<EntitlementMode>.Of(entitlement.Mode)}{(entitlement.Capped == true ? ", capped" : "")}, weight {entitlement.Weight}"
            );

    private static string Show(Disk disk) => FormattableString.Invariant($"{disk.Name} {disk.Device} {disk.Source} {disk.Capacity}").TrimEnd();

    private static string Show(Nic nic) => $"{nic.Mac} {nic.Network} {nic.Model}".Trim();

    private static string? Show(ImmutableDictionary<string, string> tags) =>
        tags.IsEmpty ? null : string.Join(", ", tags.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => $"{t.Key}={t.Value}"));

    private static string? Show<T>(ImmutableArray<T> items, Func<T, string> show) => items.IsDefaultOrEmpty ? null : string.Join(", ", items.Select(show));
}
