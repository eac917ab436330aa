using System.Collections.Immutable;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Filters;

/// <summary>What the other kinds of object can be filtered and sorted by.</summary>
internal static class OtherFields
{
    internal static FieldSet<Cluster> Clusters { get; } = new("Clusters", [.. Shared<Cluster>(c => c.PresenceSince)]);

    internal static FieldSet<Image> Images { get; } =
        new(
            "Images",
            [
                .. Shared<Image>(i => i.PresenceSince),
                Field<Image>.OfWord("arch", i => i.Arch),
                Field<Image>.OfWord("os.family", i => i.Os.Family).Called("os"),
                Field<Image>.OfText("os.distribution", i => i.Os.Distribution).AsSearched(),
                Field<Image>.OfText("os.version", i => i.Os.Version),
                Field<Image>.OfWord("firmware", i => i.Firmware),
                Field<Image>.OfText("format", i => i.Format),
                Field<Image>.OfSize("capacity", i => i.Capacity),
                Field<Image>.OfSize("size", i => i.Size),
                Field<Image>.OfText("datastore", i => i.Datastore).AsSearched(),
                Field<Image>.OfText("description", i => i.Description),
                Field<Image>.OfTime("createdAt", i => i.CreatedAt).Called("created"),
            ]
        );

    internal static FieldSet<Size> Sizes { get; } =
        new(
            "Sizes",
            [
                .. Shared<Size>(s => s.PresenceSince),
                Field<Size>.OfNumber("vcpus", s => s.Vcpus).Called("cpu", "cpus"),
                Field<Size>.OfSize("memory", s => s.Memory),
                Field<Size>.OfSize("disk", s => s.Disk),
            ]
        );

    internal static FieldSet<Volume> Volumes { get; } =
        new(
            "Volumes",
            [
                .. Shared<Volume>(v => v.PresenceSince),
                Field<Volume>.OfText("datastore", v => v.Datastore).AsSearched(),
                Field<Volume>.OfText("format", v => v.Format),
                Field<Volume>.OfSize("capacity", v => v.Capacity),
                Field<Volume>.OfSize("allocation", v => v.Allocation),
                Field<Volume>.OfText("backingVolume", v => v.BackingVolume),
                Field<Volume>.OfText("path", v => v.Path).AsSearched(),
            ]
        );

    internal static FieldSet<Datastore> Datastores { get; } =
        new(
            "Datastores",
            [
                .. Shared<Datastore>(d => d.PresenceSince),
                Field<Datastore>.OfText("host", d => d.Host).AsSearched(),
                Field<Datastore>.OfText("type", d => d.Type),
                Field<Datastore>.OfText("state", d => d.State),
                Field<Datastore>.OfFlag("active", d => d.Active),
                Field<Datastore>.OfSize("capacity", d => d.Capacity),
                Field<Datastore>.OfSize("available", d => d.Available),
                Field<Datastore>.OfText("location", d => d.Location).AsSearched(),
            ]
        );

    internal static FieldSet<Network> Networks { get; } =
        new(
            "Networks",
            [
                .. Shared<Network>(n => n.PresenceSince),
                Field<Network>.OfText("host", n => n.Host).AsSearched(),
                Field<Network>.OfFlag("active", n => n.Active),
                Field<Network>.OfText("type", n => n.Type),
                Field<Network>.OfText("bridge", n => n.Bridge).AsSearched(),
                Field<Network>.OfNumber("vlan", n => n.Vlan),
                Field<Network>.OfTexts("subnet", n => n.Subnets).Called("subnets"),
            ]
        );

    internal static FieldSet<Snapshot> Snapshots { get; } =
        new(
            "Snapshots",
            [
                .. Shared<Snapshot>(s => s.PresenceSince),
                Field<Snapshot>.OfText("guest", s => s.Guest.ToString()),
                Field<Snapshot>.OfText("parent", s => s.Parent),
                Field<Snapshot>.OfFlag("current", s => s.Current),
                Field<Snapshot>.OfWord("consistency", s => s.Consistency),
                Field<Snapshot>.OfWord("power", s => s.Power),
                Field<Snapshot>.OfText("description", s => s.Description).AsSearched(),
                Field<Snapshot>.OfTime("createdAt", s => s.CreatedAt).Called("created"),
            ]
        );

    private static ImmutableArray<Field<T>> Shared<T>(Func<T, DateTime?> presenceSince)
        where T : IInventoryObject =>
        [
            Field<T>.OfText("id", o => o.Id.ToString()),
            Field<T>.OfText("nativeId", o => o.NativeId.ToString()),
            Field<T>.OfText("name", o => o.Name).AsSearched(),
            Field<T>.OfText("provider", o => o.Provider).AsSearched(),
            Field<T>.OfWord("presence", o => o.Presence),
            Field<T>.OfTime("observedAt", o => o.ObservedAt).Called("observed"),
            Field<T>.OfTime("presenceSince", presenceSince),
        ];
}
