using System.Globalization;
using System.Text;
using Anyvisor.Drivers.SolarisZones.Simulator.Estate;

namespace Anyvisor.Drivers.SolarisZones.Simulator.Commands;

/// <summary>What a host says about itself.</summary>
internal static class HostCommands
{
    private const int Cpus = 32;

    public const string ImageUuid = "01b2c898-945f-11e1-a523-af1afbe22822";

    public static string Version(SimFlavor flavor) => flavor switch
    {
        SimFlavor.Solaris11 => "11.4.48.123.0",
        SimFlavor.Solaris10 => "Generic_147148-26",
        SimFlavor.OmniOs => "omnios-r151046-f83c4ce2c8",
        _ => "joyent_20230504T000449Z",
    };

    public static int Uname(Call call)
    {
        var sparc = call.Host.Flavor == SimFlavor.Solaris11;
        var release = call.Host.Flavor == SimFlavor.Solaris10 ? "5.10" : "5.11";
        var machine = sparc ? "sun4v" : "i86pc";
        return call.Words.Length < 2 ? call.Say("SunOS\n") : call.Words[1] switch
        {
            "-a" => call.Say($"SunOS {call.Host.Name} {release} {Version(call.Host.Flavor)} {machine} {(sparc ? "sparc" : "i386")} {machine}\n"),
            "-s" => call.Say("SunOS\n"),
            "-n" => call.Say(call.Host.Name + "\n"),
            "-r" => call.Say(release + "\n"),
            "-v" => call.Say(Version(call.Host.Flavor) + "\n"),
            "-m" or "-i" => call.Say(machine + "\n"),
            "-p" => call.Say(sparc ? "sparc\n" : "i386\n"),
            _ => call.Fail("uname: illegal option", 2),
        };
    }

    public static int Prtconf(Call call) => call.Words.Contains("-b")
        ? call.Say($"name:  {(call.Host.Flavor == SimFlavor.Solaris11 ? "ORCL,SPARC-T8-1" : "i86pc")}\n")
        : call.Say("System Configuration:  Oracle Corporation\nMemory size: 262144 Megabytes\nSystem Peripherals (Software Nodes):\n");

    public static int Psrinfo(Call call)
    {
        if (call.Words.Contains("-p"))
            return call.Say("2\n");
        var text = new StringBuilder();
        for (var i = 0; i < Cpus; i++)
            text.Append(CultureInfo.InvariantCulture, $"{i}\ton-line   since 06/24/2022 22:22:37\n");
        return call.Say(text.ToString());
    }

    /// <summary><c>kstat -p MODULE[:INSTANCE[:NAME[:STATISTIC]]]...</c>, what is left out being any.</summary>
    public static int Kstat(Call call)
    {
        var wanted = call.Words.Skip(1).Where(word => !word.StartsWith('-')).Select(word => word.Split(':')).ToList();
        if (!call.Words.Contains("-p"))
            return call.Fail("kstat: only -p is simulated", 2);
        var found = 1;
        foreach (var (name, value) in Kstats(call.Host.Flavor))
        {
            var parts = name.Split(':');
            if (wanted.Exists(pattern => pattern.Zip(parts).All(pair => pair.First.Length == 0 || pair.First == pair.Second)))
                found = call.Say($"{name}\t{value}\n");
        }
        return found;
    }

    private static IEnumerable<(string Name, string Value)> Kstats(SimFlavor flavor)
    {
        yield return ("unix:0:system_misc:boot_time", "1700000000");
        yield return ("unix:0:system_pages:freemem", "33554432");
        yield return ("unix:0:system_pages:physmem", "67108864");
        for (var i = 0; i < Cpus; i++)
            foreach (var (statistic, value) in ((string, string)[])
            [
                ("brand", flavor == SimFlavor.Solaris11 ? "SPARC-M8" : "Intel(r) Xeon(r) Gold 6130 CPU @ 2.10GHz"), ("chip_id", Text(i / 16)), ("clock_MHz", "2095"), ("core_id", Text(i / 2)),
                ("cpu_type", flavor == SimFlavor.Solaris11 ? "sparcv9" : "i386"), ("state", "on-line"),
            ])
                yield return (string.Create(CultureInfo.InvariantCulture, $"cpu_info:{i}:cpu_info{i}:{statistic}"), value);
        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary><c>prstat -c -Z -n 1,N 1 1</c>: one process, the zones that run, the sum.</summary>
    public static int Prstat(Call call)
    {
        if (!call.Words.Contains("-Z") || !call.Words.Contains("-c"))
            return call.Fail("prstat: only -c -Z is simulated", 2);
        var text = new StringBuilder("   PID USERNAME  SIZE   RSS STATE   PRI NICE      TIME  CPU PROCESS/NLWP\n  1234 root     12M 9876K cpu3     49    0   0:00:00 0.0% prstat/1\n");
        text.Append("ZONEID    NPROC  SWAP   RSS MEMORY      TIME  CPU ZONE\n");
        var count = 76;
        text.Append("     0       76  388M  237M   0.1%   0:18:23 0.5% global\n");
        lock (call.Host.Gate)
            foreach (var zone in call.Host.Zones.Values.Where(zone => zone.Id is not null))
            {
                var id = zone.Id!.Value;
                count += 20 + id % 50;
                text.Append(CultureInfo.InvariantCulture, $"{id,6} {20 + id % 50,8} {50 + id * 7 % 900,4}M {30 + id * 11 % 800,4}M {id % 10 / 10.0,5:F1}% {id % 24,3}:{id % 60:D2}:{id * 7 % 60:D2} {id % 30 / 10.0:F1}% {zone.Name}\n");
            }
        return call.Say(text.Append(CultureInfo.InvariantCulture, $"Total: {count} processes, {count * 5} lwps, load averages: 0.26, 0.25, 0.24\n").ToString());
    }

    public static int Zpool(Call call) => call.Words[1..] switch
    {
        ["list", "-H", "-o", "name"] => call.Say(call.Host.Pool + "\n"),
        ["list", "-H", "-o", "name,health"] => call.Say($"{call.Host.Pool}\tONLINE\n"),
        _ => call.Fail("zpool: this is not simulated", 2),
    };

    public static int Dladm(Call call) => call.Words[1..] switch
    {
        ["show-link", "-p"] when call.Host.Flavor == SimFlavor.Solaris10 => call.Say("e1000g0 type=non-vlan mtu=1500 device=e1000g0\ne1000g1 type=non-vlan mtu=1500 device=e1000g1\n"),
        ["show-link", "-p", "-o", "link,class,mtu,state,over"] when call.Host.Flavor != SimFlavor.Solaris10 => call.Say("net0:phys:1500:up:\nnet1:phys:9000:up:\nstub0:etherstub:9000:unknown:\nvnic0:vnic:1500:up:net0\n"),
        ["show-etherstub", "-p", "-o", "link"] when call.Host.Flavor != SimFlavor.Solaris10 => call.Say("stub0\n"),
        _ => call.Fail("dladm: invalid option", 1),
    };

    public static int Imgadm(Call call) => call.Host.Flavor == SimFlavor.SmartOs
        ? call.Say($$$"""[{"manifest":{"v":2,"uuid":"{{{ImageUuid}}}","name":"base-64-lts","version":"22.4.0","type":"zone-dataset","os":"smartos","files":[{"sha1":"97a81c39d8a5e4b1","size":153000000,"compression":"gzip"}]},"zpool":"zones"},{"manifest":{"v":2,"uuid":"cf6b54f9-2952-4213-ba84-b6f64a7ec229","name":"debian-12","version":"20230611","type":"zvol","os":"linux","image_size":10240,"files":[]},"zpool":"zones"}]{{{"\n"}}}""")
        : call.Fail("sh: imgadm: not found", 127);

    public static int Nictagadm(Call call) => call.Host.Flavor == SimFlavor.SmartOs ? call.Say("admin:00\\:0c\\:29\\:aa\\:bb\\:cc:e1000g0:normal\nexternal:00\\:0c\\:29\\:aa\\:bb\\:cd:e1000g1:normal\n") : call.Fail("sh: nictagadm: not found", 127);
}
