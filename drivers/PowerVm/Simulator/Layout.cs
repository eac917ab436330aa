using System.Globalization;
using Anyvisor.Simulation;

namespace Anyvisor.Drivers.PowerVm.Simulator;

/// <summary>Makes an estate of the size that is asked for, the same for the same seed: two VIOSes a system, AIX, IBM i and Linux.</summary>
internal static class Layout
{
    private static readonly string[] Systems = ["pollux", "porthos", "athos", "aramis", "castor", "vega", "rigel", "altair", "deneb", "mira"];

    private static readonly (string Type, string Os, string Prefix)[] Kinds =
    [
        ("AIX/Linux", "AIX 7.3 7300-01-01-2246", "aix"),
        ("AIX/Linux", "AIX 7.2 7200-05-04-2220", "aix"),
        ("OS400", "IBM i Licensed Internal Code 7.5.0 0 0", "ibmi"),
        ("AIX/Linux", "Linux/Red Hat Enterprise Linux 4.18.0-240.10.1.el8_3.ppc8.3 (Ootpa) 8.3", "rhel"),
        ("AIX/Linux", "Linux/SuSE 5.14.21-150500.55.49-default 15.5", "sles"),
    ];

    public static HmcEstate Make(SimulationOptions options, int unconnected)
    {
        var random = new Random(options.Seed);
        var estate = new HmcEstate { Console = Uuid(random) };
        if (options.Hosts > 0)
            estate.SharedPools.Add(new SimPool { Uuid = Uuid(random), Name = "SSP_1", Capacity = 20_000 + options.Guests * 40, Shared = true, Cluster = Uuid(random) });
        for (var host = 0; host < options.Hosts; host++)
        {
            var own = options.Guests / options.Hosts + (host < options.Guests % options.Hosts ? 1 : 0);
            var system = System(random, host, own);
            estate.Systems.Add(system);
            for (var vios = 1; vios <= 2; vios++)
                Vios(estate, system, vios, random);
            for (var guest = 0; guest < own; guest++)
                Guest(estate, system, guest, random);
            if (host >= options.Hosts - unconnected)
                system.State = "no connection";
        }
        Rest(estate, random);
        return estate;
    }

    private static SimSystem System(Random random, int host, int guests)
    {
        var name = Systems[host % Systems.Length] + (host < Systems.Length ? "" : (host / Systems.Length + 1).ToString(CultureInfo.InvariantCulture));
        var system = new SimSystem { Uuid = Uuid(random), Name = name, Serial = $"21F{host:X4}", Memory = 262_144 + guests * 8192L, Units = 20 + guests * 2 };
        var (ethernet, management) = (new SimSwitch(Uuid(random), 0, "ETHERNET0", "Veb"), new SimSwitch(Uuid(random), 2, "MGMTSWITCH", "Vepa"));
        system.Switches.AddRange([ethernet, management]);
        system.Networks.Add(new SimNetwork(Uuid(random), "VLAN1-ETHERNET0", 1, false, ethernet.Uuid));
        system.Networks.Add(new SimNetwork(Uuid(random), "VLAN1992-ETHERNET0", 1992, true, ethernet.Uuid));
        system.Networks.Add(new SimNetwork(Uuid(random), "VLAN4094-MGMTSWITCH", 4094, true, management.Uuid));
        return system;
    }

    private static void Vios(HmcEstate estate, SimSystem system, int number, Random random)
    {
        var vios = new SimPartition
        {
            Uuid = Uuid(random), Profile = Uuid(random), Id = system.NextId++, Name = $"{system.Name}-vios{number}", Type = "Virtual IO Server", System = system,
            Processors = 2, Units = 1, MaxProcessors = 8, Memory = 5120, MaxMemory = 8192, Os = "VIOS 3.1.4.10 ", HasOs = true, State = "running", Rmc = "active",
            Address = $"10.10.{estate.Systems.Count % 250}.{number}", Weight = 255,
        };
        vios.VolumeGroups.Add(new SimPool { Uuid = Uuid(random), Name = "rootvg", Capacity = 120, Shared = false });
        vios.VolumeGroups.Add(new SimPool { Uuid = Uuid(random), Name = "datavg", Capacity = 20_000, Shared = false });
        vios.Adapters.Add(Adapter(vios, 3, system.Networks[0], random));
        Add(estate, system, vios);
    }

    private static void Guest(HmcEstate estate, SimSystem system, int number, Random random)
    {
        var (type, os, prefix) = Kinds[random.Next(Kinds.Length)];
        var on = random.Next(10) < 7;
        var processors = 1 + random.Next(4);
        var memory = 1024L * (1 + random.Next(8));
        var guest = new SimPartition
        {
            Uuid = Uuid(random), Profile = Uuid(random), Id = system.NextId++, Name = $"{prefix}-{system.Name}-{number + 1:D3}", Type = type, System = system,
            Processors = processors, MaxProcessors = processors * 2, Units = 0.1m * processors, MaxUnits = processors * 2, Memory = memory, MinMemory = 1024, MaxMemory = memory * 2,
            Dedicated = random.Next(10) == 0, HasOs = random.Next(20) > 0, Os = on ? os : "Unknown",
        };
        guest.Sharing = guest.Dedicated ? "sre idle proces" : random.Next(4) == 0 ? "capped" : "uncapped";
        guest.Os = guest.HasOs ? guest.Os : "Unknown";
        guest.State = on ? guest.HasOs ? "running" : "open firmware" : "not activated";
        guest.Rmc = guest.State == "running" ? "active" : "inactive";
        guest.Address = guest.Rmc == "active" ? $"10.{20 + estate.Systems.Count % 200}.{guest.Id / 250}.{1 + guest.Id % 250}" : null;
        guest.Adapters.Add(Adapter(guest, 2, system.Networks[0], random));
        if (random.Next(4) == 0)
            guest.Adapters.Add(Adapter(guest, 3, system.Networks[2], random));
        Add(estate, system, guest);
        Serve(estate, guest, new SimDisk($"d{guest.Id}_{system.Serial}", $"27{Uuid(random):N}{Uuid(random):N}", 20), number % 2 == 0);
    }

    private static void Serve(HmcEstate estate, SimPartition guest, SimDisk disk, bool shared)
    {
        var vioses = HmcEstate.ViosOf(guest.System).ToList();
        if (shared)
            estate.SharedPools[0].Disks.Add(disk);
        else
            vioses[0].VolumeGroups[1].Disks.Add(disk);
        foreach (var vios in shared ? vioses : [vioses[0]])
            vios.Mappings.Add(new SimMapping(guest.Uuid, guest.Id, 4 + vios.Id, 10 + vios.Mappings.Count, $"vhost{vios.Mappings.Count}", $"vtscsi{vios.Mappings.Count}", disk));
    }

    private static void Rest(HmcEstate estate, Random random)
    {
        estate.Templates.Add(new SimTemplate(Uuid(random), "aix-small", "aix", "AIX/Linux", 1, 0.1m, 2048, "VLAN1-ETHERNET0"));
        estate.Templates.Add(new SimTemplate(Uuid(random), "ibmi-small", "ibmi", "OS400", 1, 0.2m, 4096, "VLAN1-ETHERNET0"));
        estate.Templates.Add(new SimTemplate(Uuid(random), "QuickStart_lpar_rhel", "rhel", "AIX/Linux", 2, 0.4m, 4096, "VLAN1-ETHERNET0"));
        estate.Groups.Add(new SimGroup(Uuid(random), "production", "Grey", [.. estate.Partitions.Values.Where(p => p.Id % 3 == 0).Take(200).Select(p => p.Uuid)]));
    }

    public static SimAdapter Adapter(SimPartition partition, int slot, SimNetwork network, Random random) =>
        new(Uuid(random), slot, $"{(byte)(random.Next(64) * 4 + 2):X2}{random.Next(1 << 24):X6}{(byte)partition.Id:X2}{(byte)slot:X2}", network.Vlan, network.Switch);

    public static void Add(HmcEstate estate, SimSystem system, SimPartition partition)
    {
        system.Partitions[partition.Uuid] = partition;
        estate.Partitions[partition.Uuid] = partition;
    }

    public static Guid Uuid(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        bytes[7] = (byte)((bytes[7] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes);
    }
}
