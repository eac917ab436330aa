using Anyvisor.Drivers.Libvirt.Xml;

namespace Anyvisor.Drivers.Libvirt.Work;

/// <summary>What becomes of the files of a snapshot that is to go.</summary>
/// <param name="Merged">The overlay goes on in the file below it.</param>
/// <param name="Gone">Nothing needs them any more.</param>
/// <param name="Stays">The snapshot alone is forgotten: something else lies upon these, or that can't be told.</param>
internal sealed record LayerDeletion(IReadOnlyList<MergedLayer> Merged, IReadOnlyList<string> Gone, IReadOnlyList<string> Stays)
{
    /// <param name="tree">All files.</param>
    /// <param name="heads">The files that the guest has now, by the disk's name.</param>
    /// <param name="chain">All that it lies upon, the heads too.</param>
    /// <param name="layers">The snapshot's files.</param>
    /// <param name="held">Those of the guest's other snapshots.</param>
    /// <param name="diskPool">Where the driver makes disks.</param>
    public static LayerDeletion Plan(
        LayerTree tree,
        IReadOnlyCollection<(string Target, string Path)> heads,
        IReadOnlySet<string> chain,
        IEnumerable<SnapshotLayer> layers,
        IReadOnlyCollection<SnapshotLayer> held,
        string diskPool
    )
    {
        var (merged, given, stays) = (new List<MergedLayer>(), new List<string>(), new List<string>());
        var kept = held.Select(l => l.Base).ToHashSet(StringComparer.Ordinal);
        foreach (var layer in layers)
        {
            var upon = tree.Upon(layer.Base).ToList();
            // A file that is in no pool may lie upon anything.
            var untold = heads.Concat(held.Select(l => (l.Target, Path: l.Base))).Any(f => f.Target == layer.Target && tree.Find(f.Path) is null);
            if (kept.Contains(layer.Base) || untold)
                stays.Add(layer.Base);
            else if (upon.Count == 0 && !chain.Contains(layer.Base) && tree.IsAlone(layer.Base, chain))
                given.Add(layer.Base);
            else if (upon is [var top] && chain.Contains(top) && tree.IsAlone(layer.Base, chain) && tree.IsAlone(top, chain))
                merged.Add(new MergedLayer(layer.Target, layer.Base, top));
            else if (upon.Count > 0 || !chain.Contains(layer.Base))
                stays.Add(layer.Base);
        }
        kept.UnionWith(chain);
        return new LayerDeletion(merged, [.. tree.Freed(given, kept, diskPool), .. merged.Select(m => m.Top)], stays);
    }
}
