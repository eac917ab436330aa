using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.VSphere.Inventory;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere.Watching;

/// <summary>Makes changes of records: what is to be shown again, and what is gone. Called with the listing's gate held.</summary>
internal sealed class Teller(Estate estate, GuestShape guests, PlaceShape places)
{
    /// <summary>Names as they were shown: who points to one by name is shown again when it changes.</summary>
    private readonly Dictionary<EstateRecord, (string Name, MoRef Parent)> _names = [];

    /// <summary>Everything, those that others point to first.</summary>
    public IEnumerable<Change> All()
    {
        var records = estate.Records.ToList();
        foreach (var record in records.OrderBy(Rank))
            foreach (var change in Tell(record, ObservationSource.Poll))
                yield return change;
    }

    /// <summary>What was touched, and what points to what got another name.</summary>
    public List<Change> Touched(IReadOnlyCollection<EstateRecord> touched, IReadOnlyCollection<EstateRecord> left)
    {
        var changes = new List<Change>();
        if (touched.Any(record => record is DatastoreRecord) || left.Any(record => record is DatastoreRecord))
            estate.NoteDatastores();
        var again = Dependents(touched);
        foreach (var record in left)
            changes.AddRange(Gone(record));
        foreach (var record in touched.Concat(again).Distinct().OrderBy(Rank))
            changes.AddRange(Tell(record, ObservationSource.Event));
        return changes;
    }

    private static int Rank(EstateRecord record) =>
        record switch
        {
            EventsRecord => 5,
            ComputeRecord => 0,
            HostRecord => 1,
            DatastoreRecord or NetworkRecord => 2,
            GuestRecord => 4,
            _ => 3,
        };

    private IEnumerable<Change> Tell(EstateRecord record, ObservationSource source)
    {
        if (record is not GuestRecord)
            _names[record] = (record.Name, record.Parent);
        if (record is EventsRecord events)
            foreach (var one in events.Take())
                yield return Notice(one);
        if (record.Name.Length == 0)
            yield break; // Made this moment, or we may not read it.
        switch (record)
        {
            case ComputeRecord { IsCluster: true } cluster:
                yield return new Seen(places.Cluster(cluster));
                break;
            case HostRecord host:
                yield return new Seen(places.Host(host));
                break;
            case DatastoreRecord datastore:
                yield return new Seen(places.Datastore(datastore));
                break;
            case NetworkRecord { IsUplink: false } network:
                yield return new Seen(places.Network(network));
                break;
            case GuestRecord guest:
                foreach (var change in Tell(guest, source))
                    yield return change;
                break;
        }
    }

    private Notice Notice(SystemEvent about)
    {
        if (estate.Find<GuestRecord>(about.Guest) is { Shown: { IsNothing: false, Kind: ObjectKind.Guest } shown })
            return new Notice(ObjectKind.Guest, shown.Id, about.Text);
        return estate.Find<HostRecord>(about.Host) is { } host ? new Notice(ObjectKind.Host, NativeIds.Of(host.Self), about.Text) : new Notice(ObjectKind.Host, null, about.Text);
    }

    private List<Change> Tell(GuestRecord record, ObservationSource source)
    {
        var changes = new List<Change>();
        var (kind, id, before) = (record.IsTemplate ? ObjectKind.Image : ObjectKind.Guest, record.NativeId, record.Shown);
        if (!before.IsNothing && (before.Kind != kind || before.Id != id))
            changes.AddRange(Gone(record));
        if (estate.Shown(id) is { } other && other != record && estate.Find<GuestRecord>(other.Self) == other)
            return changes; // Two with one identity: the first is shown until it goes.
        estate.NoteShown(record, id);
        if (kind == ObjectKind.Image)
        {
            record.Shown = new Shown(kind, id, []);
            changes.Add(new Seen(guests.Image(record), NativeJson.Of(record, estate)));
            return changes;
        }
        var guest = guests.Guest(record, source);
        changes.Add(new Seen(guest, NativeJson.Of(record, estate)));
        if (record.Snapshots.Length == 0 && before.Snapshots is null or { Length: 0 })
        {
            record.Shown = new Shown(kind, id, []);
            return changes;
        }
        var snapshots = guests.Snapshots(record, guest.Id).ToList();
        var now = snapshots.Select(snapshot => snapshot.NativeId).ToHashSet();
        changes.AddRange((before.Snapshots ?? []).Where(gone => !now.Contains(gone)).Select(gone => new Gone(ObjectKind.Snapshot, gone)));
        changes.AddRange(snapshots.Select(snapshot => new Seen(snapshot)));
        record.Shown = new Shown(kind, id, [.. now]);
        return changes;
    }

    private IEnumerable<Change> Gone(EstateRecord record)
    {
        _ = _names.Remove(record);
        switch (record)
        {
            case ComputeRecord { IsCluster: true }:
                yield return new Gone(ObjectKind.Cluster, NativeIds.Of(record.Self));
                break;
            case HostRecord:
                yield return new Gone(ObjectKind.Host, NativeIds.Of(record.Self));
                break;
            case DatastoreRecord:
                yield return new Gone(ObjectKind.Datastore, NativeIds.Of(record.Self));
                break;
            case NetworkRecord { IsUplink: false }:
                yield return new Gone(ObjectKind.Network, NativeIds.Of(record.Self));
                break;
            case GuestRecord { Shown: { IsNothing: false } shown } guest:
                estate.NoteGone(shown.Id, guest);
                foreach (var snapshot in shown.Snapshots)
                    yield return new Gone(ObjectKind.Snapshot, snapshot);
                yield return new Gone(shown.Kind, shown.Id);
                guest.Shown = default;
                break;
        }
    }

    /// <summary>Guests that show the name of something touched that has another one now, and hosts of a cluster.</summary>
    private List<EstateRecord> Dependents(IReadOnlyCollection<EstateRecord> touched)
    {
        var renamed = touched.Where(record => record is not GuestRecord && (!_names.TryGetValue(record, out var before) || before.Name != record.Name || before.Parent != record.Parent)).ToList();
        var everybody = touched.Any(record => record is FieldsRecord or PlaceRecord { Self.Type: "Datacenter" });
        if (renamed.Count == 0 && !everybody)
            return [];
        var again = new List<EstateRecord>();
        var hosts = renamed.OfType<HostRecord>().Select(host => host.Self.Value).ToHashSet();
        foreach (var host in estate.All<HostRecord>())
            if (renamed.Any(record => record is ComputeRecord && record.Self.Value == host.Parent.Value))
            {
                again.Add(host);
                _ = hosts.Add(host.Self.Value);
            }
        var networks = renamed.OfType<NetworkRecord>().SelectMany(network => new[] { network.Self.Value, network.Key }).OfType<string>().ToHashSet();
        if (everybody || hosts.Count > 0 || networks.Count > 0)
            again.AddRange(estate.All<GuestRecord>().Where(guest =>
                (everybody && guest.CustomValues.Length > 0) || (!guest.Host.IsEmpty && hosts.Contains(guest.Host.Value)) || guest.Hardware.Nics.Any(nic => nic.NetworkRef is not null && networks.Contains(nic.NetworkRef))));
        return again;
    }
}
