using System.Collections.Immutable;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim.Estate;

/// <summary>A snapshot with the guest as it was, and the task that took it.</summary>
internal sealed record SavedPoint(Snapshot Snapshot, Guest Guest, string Task);

/// <summary>
/// What people made, each with the mark of the task that made it. Adding what is there and removing what is not
/// change nothing, so that an interrupted step can be done again; a removal by task touches that task's work alone.
/// </summary>
internal sealed partial class SimEstate
{
    private readonly Dictionary<NativeId, (Volume Volume, string Task)> _volumes = [];
    private readonly Dictionary<NativeId, (Image Image, string Task)> _images = [];
    private readonly Dictionary<NativeId, string> _guestMakers = [];

    /// <summary>The task that reverted a guest last.</summary>
    private readonly Dictionary<NativeId, string> _reverters = [];

    /// <summary>By guest, oldest first.</summary>
    private readonly Dictionary<NativeId, ImmutableArray<SavedPoint>> _snapshots = [];

    public bool HasVolume(NativeId id, string task)
    {
        lock (_gate)
            return _volumes.TryGetValue(id, out var made) && made.Task == task;
    }

    public bool HasVolume(NativeId id)
    {
        lock (_gate)
            return _volumes.ContainsKey(id);
    }

    public void AddVolume(Volume volume, string task)
    {
        lock (_gate)
            if (_volumes.TryAdd(volume.NativeId, (volume, task)))
                Tell(new Seen(volume));
    }

    /// <param name="id">Which.</param>
    /// <param name="task">Only if this one made it; null for whoever did.</param>
    public void RemoveVolume(NativeId id, string? task)
    {
        lock (_gate)
            if (_volumes.TryGetValue(id, out var made) && (task is null || made.Task == task) && _volumes.Remove(id))
                Tell(new Gone(ObjectKind.Volume, id));
    }

    public void AddGuest(Guest guest, string task)
    {
        lock (_gate)
        {
            if (!_guestMakers.TryAdd(guest.NativeId, task))
                return;
            _kept.Add(guest.NativeId, guest);
            Charge(guest, +1);
            Tell(new Seen(guest));
        }
    }

    public void RemoveGuest(NativeId id, string task)
    {
        lock (_gate)
            if (_guestMakers.TryGetValue(id, out var maker) && maker == task)
                Remove(id);
    }

    public ImmutableArray<SavedPoint> Points(NativeId guest)
    {
        lock (_gate)
            return _snapshots.GetValueOrDefault(guest, []);
    }

    public void AddPoint(NativeId guest, SavedPoint point)
    {
        lock (_gate)
        {
            var points = _snapshots.GetValueOrDefault(guest, []);
            if (points.Any(known => known.Snapshot.NativeId == point.Snapshot.NativeId))
                return;
            ReplacePoints(guest, [.. points.Select(known => known with { Snapshot = known.Snapshot with { Current = false } }), point]);
        }
    }

    public void RemovePoint(NativeId guest, NativeId snapshot, string? task)
    {
        lock (_gate)
        {
            var points = _snapshots.GetValueOrDefault(guest, []);
            var kept = points.RemoveAll(point => point.Snapshot.NativeId == snapshot && (task is null || point.Task == task));
            if (kept.Length == points.Length)
                return;
            ReplacePoints(guest, kept);
            Tell(new Gone(ObjectKind.Snapshot, snapshot));
        }
    }

    /// <summary>The guest goes on from that point.</summary>
    public void MakeCurrent(NativeId guest, NativeId snapshot, string task)
    {
        lock (_gate)
        {
            ReplacePoints(guest, [.. Points(guest).Select(point => point with { Snapshot = point.Snapshot with { Current = point.Snapshot.NativeId == snapshot } })]);
            _reverters[guest] = task;
        }
    }

    public bool WasReverted(NativeId guest, string task)
    {
        lock (_gate)
            return _reverters.GetValueOrDefault(guest) == task;
    }

    public Image? FindImage(string nameOrId)
    {
        foreach (var image in Fixtures.Images(Now).Concat(ImportedImages()))
            if (image.Name == nameOrId || image.Id.ToString() == nameOrId || image.NativeId.ToString() == nameOrId)
                return image;
        return null;
    }

    public void AddImage(Image image, string task)
    {
        lock (_gate)
            if (_images.TryAdd(image.NativeId, (image, task)))
                Tell(new Seen(image));
    }

    public void RemoveImage(NativeId id, string? task)
    {
        lock (_gate)
            if (_images.TryGetValue(id, out var made) && (task is null || made.Task == task) && _images.Remove(id))
                Tell(new Gone(ObjectKind.Image, id));
    }

    private void ReplacePoints(NativeId guest, ImmutableArray<SavedPoint> points)
    {
        var before = _snapshots.GetValueOrDefault(guest, []);
        _snapshots[guest] = points;
        foreach (var point in points)
            if (!before.Any(known => known.Snapshot == point.Snapshot))
                Tell(new Seen(point.Snapshot));
    }

    private void RemoveAllPoints(NativeId guest)
    {
        foreach (var point in Points(guest))
            Tell(new Gone(ObjectKind.Snapshot, point.Snapshot.NativeId));
        _snapshots.Remove(guest);
        _reverters.Remove(guest);
    }

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
