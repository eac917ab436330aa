using System.Xml;
using Anyvisor.Drivers.VSphere.Wire;

namespace Anyvisor.Drivers.VSphere.Inventory;

/// <summary>One snapshot of a guest's tree.</summary>
internal sealed record SnapshotNode
{
    public required MoRef Self { get; init; }
    public required string Name { get; init; }
    public string? Description { get; init; }

    /// <summary>The snapshot that it was taken after; empty at the root.</summary>
    public MoRef Parent { get; init; }
    public DateTime? CreatedAt { get; init; }
    public string? PowerWord { get; init; }
    public bool Quiesced { get; init; }
    public bool Current { get; init; }
}

/// <summary>Reads <c>VirtualMachineSnapshotInfo</c>: the tree, flattened, parents before children.</summary>
internal static class SnapshotReader
{
    public static SnapshotNode[] Read(XmlReader reader)
    {
        var nodes = new List<SnapshotNode>();
        var current = default(MoRef);
        var info = reader.Enter();
        while (reader.NextChild(info))
            switch (reader.LocalName)
            {
                case "currentSnapshot":
                    current = reader.Ref();
                    break;
                case "rootSnapshotList":
                    ReadTree(reader, default, nodes);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        return [.. nodes.Select(node => node.Self.Value == current.Value ? node with { Current = true } : node)];
    }

    // Recursion is bounded by the reader: it refuses what nests deeper than any snapshot tree.
    private static void ReadTree(XmlReader reader, MoRef parent, List<SnapshotNode> nodes)
    {
        var (self, name, description, made, power, quiesced) = (default(MoRef), "", (string?)null, (DateTime?)null, (string?)null, false);
        var at = nodes.Count;
        var tree = reader.Enter();
        while (reader.NextChild(tree))
            switch (reader.LocalName)
            {
                case "snapshot":
                    self = reader.Ref();
                    break;
                case "name":
                    name = EntityNames.Decode(reader.Text());
                    break;
                case "description":
                    description = reader.Text() is { Length: > 0 } text ? text : null;
                    break;
                case "createTime":
                    made = reader.Time();
                    break;
                case "state":
                    power = reader.Text();
                    break;
                case "quiesced":
                    quiesced = reader.Flag();
                    break;
                case "childSnapshotList":
                    ReadTree(reader, self, nodes);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        if (self.IsEmpty || self.Value.Length == 0)
            throw new XmlException("a snapshot has no reference");
        nodes.Insert(at, new SnapshotNode { Self = self, Parent = parent, Name = name, Description = description, CreatedAt = made, PowerWord = power, Quiesced = quiesced });
    }
}
