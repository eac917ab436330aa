using System.Globalization;

namespace Anyvisor.Drivers.Zvm.Simulator.Estate;

/// <summary>Who is in the directory at first: what every installation has, and the guests that were asked for.</summary>
internal static class Population
{
    private static readonly string[] Oses = ["rhel9.2", "sles15sp4", "ubuntu22.04"];

    internal static void Fill(ZvmEstate estate, int guests, Random random)
    {
        foreach (var name in new[] { "$ALLOC$", "$DIRECT$", "$PAGE$", "$SPOOL$" })
            estate.Add(new SimUser(name, [$"USER {name} NOLOG", $"MDISK A01 3390 000 001 M01RES R"]));
        foreach (var name in new[] { "MAINT", "MAINT730", "OPERATOR", "TCPIP", "TCPMAINT", "DIRMAINT", "DATAMOVE", "VSMWORK1", "VSMWORK2", "VSMWORK3", "VSMREQIN", "VSMREQIU", "VSMEVSRV", "DTCVSW1", "DTCVSW2", "DTCSMAPI", "PERFSVM", "RACFVM", "AUTOLOG1", "EREP" })
            Service(estate, name, runs: name is not ("MAINT" or "MAINT730" or "TCPMAINT"));
        foreach (var member in estate.Members)
            Service(estate, member.Connector, runs: true);
        // A user that no connector has, with a name that only z/VM allows; and an entry that is no user.
        estate.Add(new SimUser("GT@PONG", ["USER GT@PONG SECRET01 1G 2G ABCDEFG", "MACHINE ESA 4", "*PW00= 7CE2D4F8D7C97C40", "IPL CMS", "CONSOLE 0009 3215", "SPOOL 00C 2540 READER *", "LINK MAINT 190 190 RR", estate.NewMinidisk("0191", 50)]));
        estate.Add(new SimUser("LINDFLT", ["PROFILE LINDFLT", "IPL CMS", "MACHINE ESA", "CONSOLE 0009 3215 T", "LINK MAINT 0190 0190 RR"]));
        for (var number = 0; number < guests; number++)
            Guest(estate, number, random);
    }

    internal static List<string> Entry(string id, int cpus, int maxCpus, int memory, int maxMemory, string? profile, IEnumerable<string> more)
    {
        List<string> lines = [string.Create(CultureInfo.InvariantCulture, $"USER {id} LBYONLY {memory}M {maxMemory}M G")];
        for (var cpu = 0; cpu < cpus; cpu++)
            lines.Add(SimUser.CpuLine(cpu));
        if (profile is not null)
            lines.Add("INCLUDE " + profile.ToUpperInvariant());
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"COMMAND DEF STOR RESERVED {maxMemory - memory}M"));
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"MACHINE ESA {maxCpus}"));
        lines.Add("IPL 0100");
        lines.AddRange(more);
        return lines;
    }

    private static void Service(ZvmEstate estate, string id, bool runs)
    {
        var user = new SimUser(id, [$"USER {id} SYSPASSW 128M 1G BG", "INCLUDE IBMDFLT", "MACHINE XA", "SHARE RELATIVE 3000", "IPL CMS", "LINK MAINT 0190 0190 RR", estate.NewMinidisk("0191", 10)]) { Bound = "HCPRLI1940E it is a system service" };
        estate.Add(user);
        if (runs)
            estate.LogOn(user, 0);
    }

    private static void Guest(ZvmEstate estate, int number, Random random)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"LNX{number:D5}");
        var cpus = 1 + random.Next(4);
        var memory = 1024 << random.Next(4);
        var network = random.Next(5) == 0 ? "VSWTEST" : "VSWPROD";
        var user = new SimUser(id, Entry(id, cpus, 8, memory, memory * 4, "LINDFLT",
        [
            string.Create(CultureInfo.InvariantCulture, $"NICDEF 1000 TYPE QDIO LAN SYSTEM {network} MACID {number + 0x100:X6}"),
            estate.NewMinidisk("0100", 10_016),
            .. random.Next(3) == 0 ? (string[])[estate.NewMinidisk("0101", 3_339)] : [],
        ]))
        {
            Number = number,
            RegisteredOn = number % estate.Members.Count,
            Os = Oses[random.Next(Oses.Length)],
            Bound = random.Next(10) == 0 ? "HCPRLH1940E device 0101 is a minidisk on a volume that the other member has not" : null,
        };
        estate.Add(user);
        estate.Switches[network].Granted.Add(id);
        if (random.Next(3) > 0)
            estate.LogOn(user, user.RegisteredOn.Value);
    }
}
