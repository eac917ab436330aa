using System.Globalization;
using Anyvisor.Simulation;

namespace Anyvisor.Drivers.VCloud.Simulator;

/// <summary>Makes an estate of a seed: as many virtual datacenters and machines as asked for, in vApps of one to four.</summary>
internal static class SimLayout
{
    private static readonly (string Name, string OsType, int Cpus, long MemoryMb, long DiskMb)[] Kinds =
    [
        ("rhel-9", "rhel9_64Guest", 2, 4096, 40960),
        ("ubuntu-22.04", "ubuntu64Guest", 1, 2048, 20480),
        ("windows-2019", "windows2019srv_64Guest", 4, 8192, 81920),
        ("photon-4", "vmwarePhoton64Guest", 1, 1024, 16384),
    ];

    public static SimEstate Make(SimulationOptions options, string org)
    {
        var random = new Random(options.Seed);
        var estate = new SimEstate { Org = org };
        for (var at = 0; at < Math.Max(1, options.Hosts); at++)
        {
            var vdc = new SimVdc { Uuid = Id(random), Name = $"{org}-vdc{at + 1}", MemoryLimitMb = Math.Max(256 * 1024, options.Guests * 8192L), CpuLimitMhz = Math.Max(128_000, options.Guests * 4000L) };
            estate.Vdcs.Add(vdc);
            estate.Networks.Add(new SimNetwork(Id(random), $"{vdc.Name}-routed", vdc, $"10.{at % 250}.0.1", "255.255.0.0", 1));
            estate.Networks.Add(new SimNetwork(Id(random), $"{vdc.Name}-isolated", vdc, $"172.16.{at % 250}.1", "255.255.255.0", 2));
        }
        foreach (var kind in Kinds)
            estate.Templates.Add(new SimTemplate(Id(random), Id(random), kind.Name, "public", estate.Vdcs[0], kind.OsType, kind.Cpus, kind.MemoryMb, kind.DiskMb));
        var made = 0;
        for (var number = 1; made < options.Guests; number++)
        {
            var vdc = estate.Vdcs[number % estate.Vdcs.Count];
            var vapp = new SimVApp { Uuid = Id(random), Vdc = vdc, Name = string.Create(CultureInfo.InvariantCulture, $"app-{number:D4}"), Description = "An application" };
            for (var many = random.Next(1, 5); many > 0 && made < options.Guests; many--, made++)
                vapp.Machines.Add(Machine(estate, vapp, random, made));
            estate.Add(vapp);
        }
        // One that somebody took a snapshot of, without us.
        if (estate.Machines.Values.LastOrDefault(machine => machine.Status == SimStatus.On) is { } last)
            last.Snapshot = new SimSnapshot(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), PoweredOn: true, last.Cpus, last.MemoryMb);
        return estate;
    }

    public static SimMachine Machine(SimEstate estate, SimVApp vapp, Random random, int number)
    {
        var kind = Kinds[random.Next(Kinds.Length)];
        var on = random.Next(10) < 7;
        return new SimMachine
        {
            Uuid = Id(random),
            VApp = vapp,
            Name = string.Create(CultureInfo.InvariantCulture, $"{kind.Name.Split('-')[0]}-{number + 1:D5}"),
            Status = on ? SimStatus.On : SimStatus.Off,
            Deployed = on,
            Cpus = kind.Cpus,
            MemoryMb = kind.MemoryMb,
            DiskMb = kind.DiskMb,
            OsType = kind.OsType,
            Mac = Mac(random),
            Ip = string.Create(CultureInfo.InvariantCulture, $"10.{estate.Vdcs.IndexOf(vapp.Vdc) % 250}.{number / 250 % 250}.{number % 250 + 2}"),
            Network = estate.Networks.First(network => network.Vdc == vapp.Vdc).Name,
        };
    }

    public static Guid Id(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    public static string Mac(Random random) => string.Create(CultureInfo.InvariantCulture, $"00:50:56:{random.Next(64):x2}:{random.Next(256):x2}:{random.Next(256):x2}");
}
