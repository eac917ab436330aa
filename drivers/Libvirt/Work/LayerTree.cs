using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;

namespace Anyvisor.Drivers.Libvirt.Work;

/// <summary>A volume and what its XML says.</summary>
internal sealed record KnownVolume(VolumeRef Ref, VolumeDescription Description);

/// <summary>Which file lies upon which, and which of them others need: pure, of what was read at one time.</summary>
internal sealed class LayerTree
{
    private readonly IReadOnlyDictionary<string, KnownVolume> _volumes;
    private readonly IReadOnlySet<string> _others;
    private readonly IReadOnlySet<string> _raw;
    private readonly string _imagePool;
    private readonly ILookup<string, string> _upon;

    /// <param name="volumes">All volumes, by path.</param>
    /// <param name="others">Files that other guests use.</param>
    /// <param name="raw">Files that guests have as raw: what their first bytes say of a file below is what the guest wrote there.</param>
    /// <param name="imagePool">Its volumes are everybody's.</param>
    public LayerTree(IReadOnlyDictionary<string, KnownVolume> volumes, IReadOnlySet<string> others, IReadOnlySet<string> raw, string imagePool)
    {
        (_volumes, _others, _raw, _imagePool) = (volumes, others, raw, imagePool);
        _upon = volumes.Keys.Select(path => (Path: path, Backing: BackingOf(path))).Where(v => v.Backing is not null).ToLookup(v => v.Backing!, v => v.Path, StringComparer.Ordinal);
    }

    public KnownVolume? Find(string path) => _volumes.GetValueOrDefault(path);

    public bool IsImage(string path) => Find(path)?.Ref.Pool == _imagePool;

    public bool IsOfOthers(string path) => _others.Contains(path);

    /// <summary>The files that lie upon this one.</summary>
    public IEnumerable<string> Upon(string path) => _upon[path];

    /// <summary>The file and what it lies upon, down to the last that is known.</summary>
    public IEnumerable<string> Below(string path)
    {
        // A file that the one upon it has as raw is the last, whatever its first bytes say.
        var last = false;
        // A chain that is longer than all volumes goes in a circle.
        for (var depth = 0; depth <= _volumes.Count; depth++)
        {
            yield return path;
            if (last || BackingOf(path) is not { } below)
                yield break;
            last = Find(path)!.Description.BackingFormat == "raw";
            path = below;
        }
    }

    /// <summary>Whether nobody but the guest with this chain has the file or lies upon it, so that it may change or go.</summary>
    public bool IsAlone(string path, IReadOnlySet<string> chain) => !IsImage(path) && !IsOfOthers(path) && Upon(path).All(chain.Contains);

    /// <summary>Files that can go, and those below them that nothing is left to need: each before what lies below it.</summary>
    /// <param name="going">Files of the guest that it gives up.</param>
    /// <param name="needed">Files that it, or its snapshots, still have.</param>
    /// <param name="diskPool">Where the driver makes disks: a file that the guest does not lie upon is its own only there.</param>
    public IReadOnlyList<string> Freed(IEnumerable<string> going, IReadOnlySet<string> needed, string diskPool)
    {
        var freed = new List<string>();
        var gone = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in going)
            foreach (var path in Below(file).TakeWhile(p => Find(p) is not null && !needed.Contains(p) && IsAlone(p, gone)))
            {
                // Made upon what the guest has, as an overlay of it, or in the pool of the driver's own disks.
                if (path != file && Find(path)!.Ref.Pool != diskPool && !Below(path).Any(needed.Contains))
                    break;
                if (gone.Add(path))
                    freed.Add(path);
            }
        return freed;
    }

    private string? BackingOf(string path) => _raw.Contains(path) ? null : Find(path)?.Description.Backing;
}
