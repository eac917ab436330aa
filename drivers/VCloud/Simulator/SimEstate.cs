namespace Anyvisor.Drivers.VCloud.Simulator;

/// <summary>A virtual machine of the simulated cloud.</summary>
internal sealed class SimMachine
{
    public required Guid Uuid { get; init; }
    public required SimVApp VApp { get; set; }
    public required string Name { get; set; }
    public string Description { get; set; } = "";
    public int Status { get; set; } = SimStatus.Off;
    public bool Deployed { get; set; }
    public int Cpus { get; set; } = 1;
    public long MemoryMb { get; set; } = 1024;
    public long DiskMb { get; set; } = 10240;
    public required string OsType { get; init; }
    public required string Mac { get; init; }
    public string? Ip { get; set; }
    public string? Network { get; set; }
    public string ComputerName { get; set; } = "";
    public SimSnapshot? Snapshot { get; set; }
    public SortedDictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);
}

internal sealed record SimSnapshot(DateTimeOffset Created, bool PoweredOn, int Cpus, long MemoryMb);

/// <summary>A vApp: what holds machines, and is instantiated and deleted.</summary>
internal sealed class SimVApp
{
    public required Guid Uuid { get; init; }
    public required SimVdc Vdc { get; init; }
    public required string Name { get; set; }
    public string Description { get; set; } = "";
    public List<SimMachine> Machines { get; } = [];

    /// <summary>Its creation is not over.</summary>
    public bool Unresolved { get; set; }

    public int Status => Unresolved ? SimStatus.Unresolved : Machines.Count == 0 ? SimStatus.Resolved : Machines.TrueForAll(machine => machine.Status == Machines[0].Status) ? Machines[0].Status : SimStatus.Mixed;
}

/// <summary>A virtual datacenter of the organisation.</summary>
internal sealed class SimVdc
{
    public required Guid Uuid { get; init; }
    public required string Name { get; init; }
    public long MemoryLimitMb { get; init; } = 256 * 1024;
    public long CpuLimitMhz { get; init; } = 128_000;
    public Guid StorageProfile { get; } = Guid.NewGuid();
}

internal sealed record SimTemplate(Guid Uuid, Guid Item, string Name, string Catalog, SimVdc Vdc, string OsType, int Cpus, long MemoryMb, long DiskMb);

internal sealed record SimNetwork(Guid Uuid, string Name, SimVdc Vdc, string Gateway, string Netmask, int LinkType);

/// <summary>The numbers that documents carry.</summary>
internal static class SimStatus
{
    public const int Unresolved = 0;
    public const int Resolved = 1;
    public const int Suspended = 3;
    public const int On = 4;
    public const int Off = 8;
    public const int Mixed = 10;

    public static string Word(int status) =>
        status switch
        {
            Unresolved => "UNRESOLVED",
            Resolved => "RESOLVED",
            Suspended => "SUSPENDED",
            On => "POWERED_ON",
            Off => "POWERED_OFF",
            _ => "MIXED",
        };
}

/// <summary>All of it. Whoever reads or changes it holds the gate.</summary>
internal sealed class SimEstate
{
    public Lock Gate { get; } = new();
    public required string Org { get; init; }
    public Guid OrgUuid { get; } = Guid.NewGuid();
    public List<SimVdc> Vdcs { get; } = [];
    public List<SimNetwork> Networks { get; } = [];
    public List<SimTemplate> Templates { get; } = [];
    public Dictionary<Guid, SimVApp> VApps { get; } = [];
    public Dictionary<Guid, SimMachine> Machines { get; } = [];

    public void Add(SimVApp vapp)
    {
        VApps.Add(vapp.Uuid, vapp);
        foreach (var machine in vapp.Machines)
            Machines.Add(machine.Uuid, machine);
    }

    public void Remove(SimVApp vapp)
    {
        _ = VApps.Remove(vapp.Uuid);
        foreach (var machine in vapp.Machines)
            _ = Machines.Remove(machine.Uuid);
    }
}
