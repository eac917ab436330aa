using System.Collections.Immutable;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim.Estate;

/// <summary>A snapshot with the guest as it was, and the task that took it.</summary>
internal sealed record SavedPoint(Snapshot Snapshot, Guest Guest, string Task);

/// <summary>What people made besides guests, each with the task that made it.</summary>
internal sealed partial class SimEstate
{
    private readonly Dictionary<NativeId, (Volume Volume, string Task)> _volumes = [];
    private readonly Dictionary<NativeId, (Image Image, string Task)> _images = [];

    /// <summary>By guest, oldest first.</summary>
    private readonly Dictionary<NativeId, ImmutableArray<SavedPoint>> _snapshots = [];

    private IEnumerable<Image> ImportedImages()
    {
        lock (_gate)
            return [.. _images.Values.Select(made => made.Image)];
    }

    private Seen[] ListMade()
    {
        lock (_gate)
            return
            [
                .. _volumes.Values.Select(made => new Seen(made.Volume)),
                .. _snapshots.Values.SelectMany(points => points).Select(point => new Seen(point.Snapshot)),
            ];
    }
}
