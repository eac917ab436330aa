using System.Collections.Immutable;
using Anyvisor.Core.Inventory.Filters;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Core.Inventory.Records;

/// <summary>
/// The tables of all kinds but guests, and for each when two observations are the same: free space and free memory
/// are measured anew with every look, so that they change is no event.
/// </summary>
internal sealed class RecordTables
{
    internal RecordTable<Host> Hosts { get; } =
        new(ObjectKind.Host, HostFields.Set, Same, (o, p, s) => o with { Presence = p, PresenceSince = s }, ModelJson.Default.Host);

    internal RecordTable<Cluster> Clusters { get; } =
        new(
            ObjectKind.Cluster,
            OtherFields.Clusters,
            (a, b) => a with { ObservedAt = b.ObservedAt } == b,
            (o, p, s) => o with { Presence = p, PresenceSince = s },
            ModelJson.Default.Cluster
        );

    internal RecordTable<Image> Images { get; } =
        new(
            ObjectKind.Image,
            OtherFields.Images,
            (a, b) => a with { ObservedAt = b.ObservedAt } == b,
            (o, p, s) => o with { Presence = p, PresenceSince = s },
            ModelJson.Default.Image
        );

    internal RecordTable<Size> Sizes { get; } =
        new(
            ObjectKind.Size,
            OtherFields.Sizes,
            (a, b) => a with { ObservedAt = b.ObservedAt } == b,
            (o, p, s) => o with { Presence = p, PresenceSince = s },
            ModelJson.Default.Size
        );

    internal RecordTable<Volume> Volumes { get; } =
        new(
            ObjectKind.Volume,
            OtherFields.Volumes,
            (a, b) => a with { ObservedAt = b.ObservedAt, Allocation = b.Allocation } == b,
            (o, p, s) => o with { Presence = p, PresenceSince = s },
            ModelJson.Default.Volume
        );

    internal RecordTable<Datastore> Datastores { get; } =
        new(
            ObjectKind.Datastore,
            OtherFields.Datastores,
            (a, b) => a with { ObservedAt = b.ObservedAt, Available = b.Available } == b,
            (o, p, s) => o with { Presence = p, PresenceSince = s },
            ModelJson.Default.Datastore
        );

    internal RecordTable<Network> Networks { get; } =
        new(
            ObjectKind.Network,
            OtherFields.Networks,
            (a, b) => a with { ObservedAt = b.ObservedAt, Subnets = b.Subnets } == b && Same(a.Subnets, b.Subnets),
            (o, p, s) => o with { Presence = p, PresenceSince = s },
            ModelJson.Default.Network
        );

    internal RecordTable<Snapshot> Snapshots { get; } =
        new(
            ObjectKind.Snapshot,
            OtherFields.Snapshots,
            (a, b) => a with { ObservedAt = b.ObservedAt } == b,
            (o, p, s) => o with { Presence = p, PresenceSince = s },
            ModelJson.Default.Snapshot
        );

    internal IEnumerable<RecordTable> All => [Hosts, Clusters, Images, Sizes, Volumes, Datastores, Networks, Snapshots];

    internal RecordTable? Of(ObjectKind kind) => All.FirstOrDefault(table => table.Kind == kind);

    internal RecordTable<T> Of<T>()
        where T : class, IInventoryObject => (RecordTable<T>)Of(T.Kind)!;

    private static bool Same(Host a, Host b) =>
        a with
        {
            ObservedAt = b.ObservedAt,
            FreeMemory = b.FreeMemory,
            GuestArchitectures = b.GuestArchitectures,
            Numa = b.Numa,
            Concerns = b.Concerns,
        } == b
        && Same(a.GuestArchitectures, b.GuestArchitectures)
        && Same(a.Numa, b.Numa)
        && Same(a.Concerns, b.Concerns);

    private static bool Same<T>(ImmutableArray<T> a, ImmutableArray<T> b)
        where T : notnull => a.IsDefaultOrEmpty ? b.IsDefaultOrEmpty : !b.IsDefaultOrEmpty && a.SequenceEqual(b);
}
