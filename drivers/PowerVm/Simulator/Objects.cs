namespace Anyvisor.Drivers.PowerVm.Simulator;

/// <summary>A managed system. What is in it is guarded by the estate's gate, as everything here is.</summary>
internal sealed class SimSystem
{
    public required Guid Uuid { get; init; }
    public required string Name { get; init; }
    public required string Serial { get; init; }
    public string State { get; set; } = "operating";
    public required long Memory { get; init; }
    public required decimal Units { get; init; }
    public Dictionary<Guid, SimPartition> Partitions { get; } = [];
    public List<SimNetwork> Networks { get; } = [];
    public List<SimSwitch> Switches { get; } = [];
    public int NextId { get; set; } = 1;
    public string MachineType { get; init; } = "9009-42A";
    public string LocationPrefix => $"U9009.42A.{Serial}";
    public long UsedMemory => Partitions.Values.Where(p => p.State != "not activated").Sum(p => p.Memory);
    public decimal UsedUnits => Partitions.Values.Where(p => p.State != "not activated").Sum(p => p.Dedicated ? p.Processors : p.Units);
}

internal sealed record SimSwitch(Guid Uuid, int Id, string Name, string Mode);

internal sealed record SimNetwork(Guid Uuid, string Name, int Vlan, bool Tagged, Guid Switch);

/// <summary>A partition, or a VIOS. Memory is in MiB.</summary>
internal sealed class SimPartition
{
    public required Guid Uuid { get; init; }
    public required Guid Profile { get; init; }
    public required int Id { get; init; }
    public required string Name { get; set; }
    public required string Type { get; init; }
    public required SimSystem System { get; set; }
    public string State { get; set; } = "not activated";
    public string Rmc { get; set; } = "inactive";
    public string MigrationState { get; set; } = "Not_Migrating";
    public long ProgressTotal { get; set; }
    public long ProgressLeft { get; set; }
    public string Os { get; set; } = "Unknown";
    public string Description { get; set; } = "";
    public bool HasOs { get; set; }
    public bool Dedicated { get; set; }
    public string Sharing { get; set; } = "uncapped";
    public int Weight { get; set; } = 128;
    public int Processors { get; set; } = 1;
    public int MinProcessors { get; set; } = 1;
    public int MaxProcessors { get; set; } = 4;
    public decimal Units { get; set; } = 0.1m;
    public decimal MinUnits { get; set; } = 0.05m;
    public decimal MaxUnits { get; set; } = 4;
    public long Memory { get; set; } = 4096;
    public long MinMemory { get; set; } = 1024;
    public long MaxMemory { get; set; } = 16384;
    public long? ProfileMemory { get; set; }
    public string? Address { get; set; }
    public string BootMode { get; set; } = "Normal";
    public string Keylock { get; set; } = "normal";
    public int Version { get; set; } = 1;
    public List<SimAdapter> Adapters { get; } = [];

    /// <summary>For a VIOS.</summary>
    public List<SimMapping> Mappings { get; } = [];
    public List<SimPool> VolumeGroups { get; } = [];
    public bool IsVios => Type == "Virtual IO Server";
    public string Key => Uuid.ToString("D").ToUpperInvariant();
    public bool On => State is "running" or "open firmware" or "migrating running" or "starting" or "shutting down";
}

internal sealed record SimAdapter(Guid Uuid, int Slot, string Mac, int Vlan, Guid Switch);

/// <summary>A disk that a VIOS serves.</summary>
internal sealed record SimMapping(Guid Partition, int ClientId, int ClientSlot, int ServerSlot, string Host, string Target, SimDisk Disk);

/// <summary>A logical disk; capacity in GiB.</summary>
internal sealed record SimDisk(string Name, string Udid, decimal Capacity);

/// <summary>A volume group, or a shared storage pool; sizes in GiB.</summary>
internal sealed class SimPool
{
    public required Guid Uuid { get; init; }
    public required string Name { get; init; }
    public required decimal Capacity { get; init; }
    public required bool Shared { get; init; }
    public Guid Cluster { get; init; }
    public List<SimDisk> Disks { get; } = [];
    public int Version { get; set; } = 1;
    public decimal Free => Capacity - Disks.Sum(disk => disk.Capacity);
}

internal sealed record SimTemplate(Guid Uuid, string Name, string PartitionName, string Type, int Processors, decimal Units, long Memory, string Network);

internal sealed record SimGroup(Guid Uuid, string Name, string Color, List<Guid> Partitions);
