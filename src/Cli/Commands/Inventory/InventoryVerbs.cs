using System.CommandLine;
using Anyvisor.Cli.Output;

namespace Anyvisor.Cli.Commands.Inventory;

/// <summary>List and show of what is seen and not acted on.</summary>
internal static class InventoryVerbs
{
    internal static IEnumerable<Command> Hosts() =>
        Of(
            "hosts",
            "/hosts",
            [
                new("NAME", "name"),
                new("STATE", "state") { State = true },
                new("PROVIDER", "provider"),
                new("HYPERVISOR", "hypervisor", static (item, _) => $"{item.Field("hypervisor").Text("name")} {item.Field("hypervisor").Text("version")}".Trim()),
                new("ARCH", "arch"),
                Column.Number("CPUS", "cpus"),
                Column.Bytes("MEMORY", "memory"),
                Column.Bytes("FREE", "freeMemory"),
                new("PRESENCE", "presence") { Wide = true, State = true },
                new("CLUSTER", "cluster") { Wide = true },
                new("CPU", "cpuModel") { Wide = true },
                new("ID", "id") { Wide = true },
            ]
        );

    internal static IEnumerable<Command> Clusters() =>
        Of("clusters", "/clusters", [new("NAME", "name"), new("PROVIDER", "provider"), new("PRESENCE", "presence") { State = true }, Id]);

    internal static IEnumerable<Command> Sizes() =>
        Of(
            "sizes",
            "/sizes",
            [new("NAME", "name"), new("PROVIDER", "provider"), Column.Number("CPUS", "vcpus"), Column.Bytes("MEMORY", "memory"), Column.Bytes("DISK", "disk"), Id]
        );

    internal static IEnumerable<Command> Datastores() =>
        Of(
            "datastores",
            "/datastores",
            [
                new("NAME", "name"),
                new("PROVIDER", "provider"),
                new("TYPE", "type"),
                new("ACTIVE", "active") { State = true },
                Column.Bytes("CAPACITY", "capacity"),
                Column.Bytes("FREE", "available"),
                new("LOCATION", "location") { Wide = true },
                Id,
            ]
        );

    internal static IEnumerable<Command> Volumes() =>
        Of(
            "volumes",
            "/volumes",
            [
                new("NAME", "name"),
                new("PROVIDER", "provider"),
                new("DATASTORE", "datastore"),
                new("FORMAT", "format"),
                Column.Bytes("CAPACITY", "capacity"),
                Column.Bytes("USED", "allocation"),
                new("PATH", "path") { Wide = true },
                Id,
            ]
        );

    internal static IEnumerable<Command> Networks() =>
        Of(
            "networks",
            "/networks",
            [
                new("NAME", "name"),
                new("PROVIDER", "provider"),
                new("TYPE", "type"),
                new("ACTIVE", "active") { State = true },
                new("BRIDGE", "bridge"),
                new("VLAN", "vlan") { Wide = true },
                new("SUBNETS", "subnets"),
                Id,
            ]
        );

    private static Column Id { get; } = new("ID", "id") { Wide = true };

    private static IEnumerable<Command> Of(string plural, string path, IReadOnlyList<Column> columns) =>
        [new ListCommand($"List {plural}", path, columns), new ShowCommand("Show one with all that is known of it", path)];
}
