namespace Anyvisor.Drivers.PowerVm.Simulator;

/// <summary>Everything that the console manages. Whoever reads or changes it holds <see cref="Gate"/>.</summary>
internal sealed class HmcEstate
{
    public Lock Gate { get; } = new();
    public Guid Console { get; init; }

    /// <summary>Whether its API lets users run commands.</summary>
    public bool RunsCommands { get; set; } = true;
    public List<SimSystem> Systems { get; } = [];
    public Dictionary<Guid, SimPartition> Partitions { get; } = [];
    public List<SimPool> SharedPools { get; } = [];
    public List<SimTemplate> Templates { get; } = [];
    public List<SimGroup> Groups { get; } = [];
    public EventQueues Events { get; } = new();

    /// <summary>Counts a partition's version up, for its etag, and tells whoever waits.</summary>
    public void Changed(SimPartition partition, string detail)
    {
        partition.Version++;
        Events.Tell("MODIFY_URI", Address(partition), detail);
    }

    public static string Address(SimPartition partition) =>
        partition.IsVios
            ? $"/rest/api/uom/VirtualIOServer/{partition.Key}"
            : $"/rest/api/uom/ManagedSystem/{partition.System.Uuid:D}/LogicalPartition/{partition.Key}";

    public static IEnumerable<SimPartition> ViosOf(SimSystem system) => system.Partitions.Values.Where(p => p.IsVios);

    /// <summary>Sets a partition's state as the console would show it, with what follows from it.</summary>
    public void To(SimPartition partition, string state)
    {
        partition.State = state;
        partition.Rmc = state == "running" && partition.HasOs ? "active" : partition.IsVios && state == "running" ? "active" : "inactive";
        if (state == "running" && partition.HasOs && partition.Os == "Unknown")
            partition.Os = partition.Type == "OS400" ? "IBM i Licensed Internal Code 7.5.0 0 0" : "AIX 7.3 7300-01-01-2246";
        Changed(partition, "PartitionState,RMCState");
    }
}
