using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Anyvisor.Drivers.Zvm.Simulator.Estate;

namespace Anyvisor.Drivers.Zvm.Simulator.Smapi;

/// <summary>The functions of one member's management API.</summary>
internal sealed partial class SmapiFunctions(ZvmEstate estate, int member, string caller, string password)
{
    internal (int Rc, int Rs, byte[] Output) Answer(byte[] bytes)
    {
        var request = new RequestBytes(bytes);
        try
        {
            var function = request.Text();
            var user = request.Text();
            var given = request.Text();
            if (!user.Equals(caller, StringComparison.OrdinalIgnoreCase) || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(password)))
                return (120, 8, []);
            var target = request.AtEnd ? "" : request.Text().ToUpperInvariant();
            if (target.Length > 8)
                return (24, 413, []);
            var output = new OutputBytes();
            var (rc, rs) = estate.Locked(_ => Tell(function, target, request, output) ?? Do(function, target, request, output) ?? throw new Refusal(900, 12, $"{function} is not supported"));
            return (rc, rs, output.ToArray());
        }
        catch (Refusal refusal)
        {
            return (refusal.Rc, refusal.Rs, []);
        }
    }

    /// <summary>What only reads. Null where it is no such function.</summary>
    private (int Rc, int Rs)? Tell(string function, string target, RequestBytes request, OutputBytes output)
    {
        switch (function)
        {
            case "Query_API_Functional_Level":
                return (0, 730);
            case "Check_Authentication":
                return (0, 0);
            case "System_Information_Query":
                output.Part(part => part
                    .Zero("CMS_LEVEL=LEVEL=32 SERVICE_LEVEL=0000 LANGUAGE=AMENG")
                    .Zero("CPUID=ID=FF01917739310000")
                    .Zero("CP_LEVEL=VERSION=7.3.0 SERVICE_LEVEL=2301 GENERATION_TIME=02:44:15 GENERATION_DATE=2024-02-22 GENERATION_TIME_ZONE=EDT IPL_TIME=13:39:31 IPL_DATE=2024-04-28 IPL_TIME_ZONE=EDT LANGUAGE=AMENG")
                    .Zero($"STORAGE=ONLINE={Memory} CONFIGURED={Memory} INCREMENT=1M STANDBY=0 RESERVED=0")
                    .Zero("TIME=TIMEZONE=EDT TIME=13:42:29 DATE=2024-04-28 CONNECT=00:02:13 VIRTUAL_CPU=000:02.62 TOTAL_CPU=000:02.79"));
                return (0, 0);
            case "System_Info_Query":
                output.Zero("EDT West 04.00.00").Zero("13:59:27 EDT SUNDAY 2024-04-28").Zero("z/VM Version 7 Release 3.0, service level 2301 (64-bit)").Zero("2024-02-22 02:44:15 EDT").Zero("2024-04-28 13:39:31 EDT").Zero($"{Memory} CONFIGURED = {Memory} INC = 1M STANDBY = 0  RESERVED = 0");
                return (0, 0);
            case "System_Performance_Info_Query":
                Performance(output);
                return (0, 0);
            case "SSI_Query":
                return Cluster(output);
            case "Image_Name_Query_DM":
                output.Part(part => Texts(part, estate.Names));
                return (0, 0);
            case "Name_List_Query":
                output.Part(part => Texts(part, estate.NameLists.TryGetValue(target, out var list) ? list : throw new Refusal(200, 4, "no such list")));
                return (0, 0);
            case "Image_Status_Query":
                return Status(target, output);
            case "Image_Query_DM":
                output.Part(part => Texts(part, estate.Known(target).Entry.Select(line => line.PadRight(72))));
                return (0, 0);
            case "Query_All_DM":
                output.Part(Directory);
                return (0, 0);
            case "Image_Active_Configuration_Query":
                ActiveConfiguration(Running(target), output);
                return (0, 0);
            case "Image_CPU_Query":
                Cpus(Running(target), output);
                return (0, 0);
            case "Image_Disk_Query":
                Disks(Running(target), output);
                return (0, 0);
            case "Virtual_Network_Adapter_Query":
                Adapters(Running(target), request.Text(), output);
                return (0, 0);
            case "Virtual_Network_Vswitch_Query":
                return Switches(request.Text(), output);
            case "Image_MDISK_Link_Query":
                output.Part(part =>
                {
                    foreach (var user in estate.Users.Where(user => user.RunsOn == member).Take(8))
                        part.Zero($"{estate.Members[member].Name,-8} {user.Id} 0190 READ");
                });
                return (0, 0);
            case "Query_Asynchronous_Operation_DM":
                return (0, 100);
            case "VMRELOCATE_Status":
                return (4, 3001);
            default:
                return null;
        }
    }

    private string Memory => string.Create(CultureInfo.InvariantCulture, $"{estate.Members[member].MemoryMb >> 10}G");

    private SimUser Running(string user) => estate.Find(user) is not { } known ? throw Refusal.NoImage(user) : known.RunsOn == member ? known : throw new Refusal(200, 12, $"Image {user} not active");

    private static void Texts(OutputBytes output, IEnumerable<string> texts)
    {
        foreach (var text in texts)
            output.Text(text);
    }

    private void Performance(OutputBytes output)
    {
        var facts = estate.Members[member];
        output.Zero(facts.Cpus.ToString("D4", CultureInfo.InvariantCulture)).Zero("40").Zero("61").Zero((facts.MemoryMb * 256L).ToString(CultureInfo.InvariantCulture)).Zero(((facts.MemoryMb - estate.FreeMb(member)) * 256L).ToString("D8", CultureInfo.InvariantCulture));
        for (var cpu = 0; cpu < facts.Cpus; cpu++)
            output.Zero(string.Create(CultureInfo.InvariantCulture, $"PROC {cpu:X4}-{30 + cpu:D3}% IFL  VM"));
    }

    private (int, int) Cluster(OutputBytes output)
    {
        if (estate.Cluster is null)
            return (4, 3008);
        output.Zero(estate.Cluster).Zero("Stable").Zero("Enabled").Zero("SIMCOM_on_139E");
        foreach (var known in estate.Members)
            output.Zero(string.Create(CultureInfo.InvariantCulture, $"{known.Slot} {known.Name} Joined 06/02/2024_22:34:40 06/02/2024_22:34:40"));
        return (0, 0);
    }

    private (int, int) Status(string target, OutputBytes output)
    {
        if (target == "*")
        {
            output.Part(part => Texts(part, estate.Users.Where(user => user.RunsOn == member).Select(user => user.Id)));
            return (0, 0);
        }
        var user = estate.Find(target) ?? throw Refusal.NoImage(target);
        if (user.RunsOn != member)
            return (200, 12);
        output.Part(part => part.Text(user.Id));
        return (0, 0);
    }

    private void Directory(OutputBytes output)
    {
        foreach (var user in estate.Users)
            output.Part(entry => entry.Int4(user.Entry[0].StartsWith("PROFILE", StringComparison.Ordinal) ? 1 : 0).Text(user.Id).Part(lines => Texts(lines, user.Entry)));
    }

    private static void ActiveConfiguration(SimUser user, OutputBytes output)
    {
        output.Int4(user.ActiveMemory).Int1(2).Int1(1).Text("100").Int4(user.ActiveCpus)
            .Part(cpus =>
            {
                for (var cpu = 0; cpu < user.ActiveCpus; cpu++)
                    cpus.Part(one => one.Int4(cpu).Text("FF01917739310000").Int1(cpu == 0 ? 1 : 4));
            })
            .Part(devices =>
            {
                devices.Part(one => one.Int1(1).Text("0009"));
                foreach (var words in user.Minidisks)
                    devices.Part(one => one.Int1(5).Text(words[1]));
            });
    }

    private static void Cpus(SimUser user, OutputBytes output) =>
        output.Int4(user.ActiveCpus).Part(cpus =>
        {
            for (var cpu = 0; cpu < user.ActiveCpus; cpu++)
                cpus.Part(one => one.Int4(cpu).Text("FF01917739310000").Int1(cpu == 0 ? 1 : 0).Int1(user.Stopped ? 1 : 3).Int1(2));
        });

    private static void Disks(SimUser user, OutputBytes output)
    {
        foreach (var words in user.Minidisks)
            output.Raw(words[1].PadLeft(4, '0')).Raw("1000").Int1(2).Raw("3390").Int8(long.Parse(words[4], CultureInfo.InvariantCulture)).Int1(1).Zero(words[5]);
    }

    private static void Adapters(SimUser user, string wanted, OutputBytes output) =>
        output.Part(list =>
        {
            foreach (var (vdev, network) in user.Nics.Where(nic => wanted == "*" || nic.Vdev == wanted.ToUpperInvariant().PadLeft(4, '0')))
                list.Part(one => one.Text(vdev).Int1(2).Int4(3).Int1(network is null ? 0 : 1).Text("SYSTEM  ").Text((network ?? "").PadRight(8)));
        });

    private (int, int) Switches(string wanted, OutputBytes output)
    {
        var found = estate.Switches.Values.Where(known => wanted == "*" || known.Name.Equals(wanted, StringComparison.OrdinalIgnoreCase)).ToList();
        if (found.Count == 0)
            return (212, 40);
        output.Part(list =>
        {
            foreach (var known in found)
                list.Part(one => one.Text(known.Name).Int1(known.Ethernet ? 2 : 1).Int1(0).Int4(8).Int1(1).Int4(0).Int4(0).Int8(2_199_040_032_773).Int1(2).Int1(2).Int1(known.Rdev.Length > 0 ? 8 : 1)
                    .Part(devices =>
                    {
                        if (known.Rdev.Length > 0)
                            devices.Part(device => device.Int4(int.Parse(known.Rdev, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)).Text(known.Controller.PadRight(8)).Text("        ").Int1(1).Int1(0));
                    })
                    .Part(users =>
                    {
                        foreach (var user in known.Granted.Take(1_000))
                            users.Part(grant => grant.Text(user.PadRight(8)).Part(_ => { }));
                    })
                    .Part(adapters =>
                    {
                        foreach (var user in known.Granted.Take(20))
                            adapters.Part(adapter => adapter.Text(user.PadRight(8)).Text("1000"));
                    }));
        });
        return (0, 0);
    }
}
