namespace Anyvisor.Drivers.PowerVm.Watching;

/// <summary>What has to be read again, gathered from events and from our own work: a thousand events of one partition are one read.</summary>
internal sealed class Dirt
{
    private static readonly HashSet<string> Adapters = new(StringComparer.Ordinal)
    {
        "ClientNetworkAdapter", "VirtualNICDedicated", "SRIOVEthernetLogicalPort", "VirtualSCSIClientAdapter", "VirtualFibreChannelClientAdapter",
    };

    private readonly Lock _gate = new();
    private Taken _now = new();

    /// <summary>What was gathered, and begins anew.</summary>
    public Taken Take()
    {
        lock (_gate)
        {
            var taken = _now;
            _now = new Taken();
            return taken;
        }
    }

    public void Everything() => Note(taken => taken.Everything = true);

    public void Templates() => Note(taken => taken.Templates = true);

    public void Storage() => Note(taken => taken.Storage = true);

    public void Partition(Guid uuid, bool nics) =>
        Note(taken =>
        {
            _ = taken.Partitions.Add(uuid);
            if (nics)
                _ = taken.Nics.Add(uuid);
        });

    public void Vios(Guid uuid) => Note(taken => taken.Vioses.Add(uuid));

    public void Event(HmcEvent happened) =>
        Note(taken =>
        {
            switch (happened.Kind, happened.Type)
            {
                case (HmcEventKind.Lost, _):
                    taken.Everything = true;
                    break;
                case (HmcEventKind.Other, _):
                    break;
                case (_, "LogicalPartition"):
                    _ = taken.Partitions.Add(happened.Uuid);
                    break;
                case (_, "VirtualIOServer"):
                    _ = taken.Vioses.Add(happened.Uuid);
                    break;
                case (_, "ManagedSystem"):
                    _ = taken.Systems.Add(happened.Uuid);
                    taken.Everything |= happened.Kind == HmcEventKind.Deleted;
                    break;
                case (_, "VirtualNetwork" or "VirtualSwitch") when happened.Parent is { Type: "ManagedSystem", Uuid: var system }:
                    _ = taken.Networks.Add(system);
                    break;
                case (_, "Group"):
                    taken.Groups = true;
                    break;
                case (_, "SharedStoragePool" or "Cluster" or "VolumeGroup" or "Tier" or "LogicalUnit"):
                    taken.Storage = true;
                    break;
                case (_, "PartitionTemplate"):
                    taken.Templates = true;
                    break;
                case (_, var type) when Adapters.Contains(type) && happened.Parent is { Type: "LogicalPartition" or "VirtualIOServer", Uuid: var partition }:
                    _ = taken.Partitions.Add(partition);
                    _ = taken.Nics.Add(partition);
                    break;
                default:
                    break;
            }
        });

    private void Note(Action<Taken> note)
    {
        lock (_gate)
            note(_now);
    }

    /// <summary>What was gathered.</summary>
    internal sealed class Taken
    {
        public bool Everything { get; set; }
        public bool Groups { get; set; }
        public bool Storage { get; set; }
        public bool Templates { get; set; }
        public HashSet<Guid> Partitions { get; } = [];
        public HashSet<Guid> Nics { get; } = [];
        public HashSet<Guid> Vioses { get; } = [];
        public HashSet<Guid> Systems { get; } = [];
        public HashSet<Guid> Networks { get; } = [];

        public bool IsEmpty => !Everything && !Groups && !Storage && !Templates && Partitions.Count + Vioses.Count + Systems.Count + Networks.Count == 0;
    }
}
