using System.Globalization;
using System.Text.Json.Nodes;

namespace Anyvisor.Drivers.SolarisZones.Simulator.Estate;

/// <summary>Makes a host's zones, the same for the same seed.</summary>
internal static class EstateMaker
{
    private static readonly string[] Trades = ["web", "db", "app", "mail", "build", "cache", "dns", "ldap"];

    public static SimHost Make(string name, SimFlavor flavor, int zones, int seed, TimeProvider time, TimeSpan install)
    {
        var host = new SimHost(name, flavor, time, install);
        host.Files.Put("/etc/release", flavor switch
        {
            SimFlavor.Solaris11 => "                             Oracle Solaris 11.4 SPARC\n",
            SimFlavor.Solaris10 => "                    Oracle Solaris 10 1/13 s10x_u11wos_24a X86\n",
            SimFlavor.OmniOs => "  OmniOS v11 r151046\n",
            _ => "                       SmartOS 20230504T000449Z x86_64\n",
        });
        host.AddDataset(host.Pool, "/" + host.Pool);
        if (flavor == SimFlavor.Solaris11)
            host.AddDataset(host.Pool + "/VARSHARE/zones", "/system/zones");
        else if (flavor != SimFlavor.SmartOs)
            host.AddDataset(host.Pool + "/zones", "/zones");
        var random = new Random(seed);
        for (var i = 0; i < zones; i++)
        {
            var zone = flavor == SimFlavor.SmartOs ? Vm(random, i) : Zone(flavor, random, i);
            zone.Uuid = flavor == SimFlavor.SmartOs ? zone.Name : Uuid(random);
            if (random.Next(4) > 0)
                (zone.State, zone.Id) = ("running", host.NextZoneId());
            else
                zone.State = "installed";
            host.Zones[zone.Name] = zone;
            host.AddDataset(DatasetOf(host, zone), zone.Path);
        }
        return host;
    }

    public static string DatasetOf(SimHost host, SimZone zone) => host.Flavor == SimFlavor.Solaris11 ? $"{host.Pool}/VARSHARE/zones/{zone.Name}" : host.Flavor == SimFlavor.SmartOs ? $"zones/{zone.Name}" : $"{host.Pool}/zones/{zone.Name}";

    public static SimZone VmZone(string uuid, JsonObject vm, string state)
    {
        var config = new SimConfig();
        config.Global["zonepath"] = $"/zones/{uuid}";
        config.Global["brand"] = vm["brand"]?.GetValue<string>() ?? "joyent";
        config.Global["autoboot"] = "false";
        return new SimZone { Name = uuid, Config = config, State = state, Uuid = uuid, Vm = vm };
    }

    private static SimZone Zone(SimFlavor flavor, Random random, int number)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{Trades[number % Trades.Length]}-{number:D5}");
        var brand = flavor switch
        {
            SimFlavor.Solaris10 => "native",
            SimFlavor.Solaris11 => (string[])["solaris", "solaris", "solaris-kz", "solaris10"] is var brands ? brands[random.Next(brands.Length)] : "",
            _ => (string[])["lipkg", "pkgsrc", "sparse", "lx", "bhyve"] is var brands ? brands[random.Next(brands.Length)] : "",
        };
        var config = new SimConfig();
        if (flavor != SimFlavor.Solaris11)
            config.Global["zonepath"] = "/zones/" + name;
        config.Global["brand"] = brand;
        config.Global["autoboot"] = random.Next(2) == 0 ? "true" : "false";
        if (flavor == SimFlavor.Solaris10)
            config.Global["ip-type"] = "shared";
        Size(config, brand, random);
        Net(config, flavor, random, number);
        return new SimZone { Name = name, Config = config };
    }

    private static void Size(SimConfig config, string brand, Random random)
    {
        var (cpus, memory) = ((1 << random.Next(4)).ToString(CultureInfo.InvariantCulture), $"{1 << random.Next(6)}G");
        if (brand == "bhyve")
        {
            Attribute(config, "vcpus", cpus);
            Attribute(config, "ram", memory);
            Attribute(config, "bootdisk", $"rpool/zvol/{random.Next(100_000)}");
            return;
        }
        Add(config, brand == "solaris-kz" ? "virtual-cpu" : "capped-cpu", ("ncpus", cpus));
        Add(config, "capped-memory", ("physical", memory));
        if (brand != "solaris-kz")
            return;
        Add(config, "device", ("storage", "dev:/dev/zvol/dsk/%{global-rootzpool}/VARSHARE/zones/%{zonename}/disk%{id}"), ("bootpri", "0"), ("id", "0"));
        Add(config, "suspend", ("path", "/system/zones/%{zonename}/suspend"));
    }

    private static void Net(SimConfig config, SimFlavor flavor, Random random, int number)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"10.{(number >> 16) & 255}.{(number >> 8) & 255}.{number & 255}/8");
        switch (flavor)
        {
            case SimFlavor.Solaris11:
                // A kernel zone's nic has a number, that of another zone a name.
                if (config.Global["brand"] == "solaris-kz")
                    Add(config, "anet", ("lower-link", "auto"), ("allowed-address", address), ("link-protection", "mac-nospoof"), ("mac-address", Mac(random)), ("id", "0"));
                else
                    Add(config, "anet", ("linkname", "net0"), ("lower-link", "auto"), ("allowed-address", address), ("link-protection", "mac-nospoof"), ("mac-address", Mac(random)));
                break;
            case SimFlavor.Solaris10:
                Add(config, "net", ("address", address), ("physical", "e1000g0"));
                break;
            default:
                Add(config, "net", ("allowed-address", address), ("physical", string.Create(CultureInfo.InvariantCulture, $"v{number}_0")), ("mac-addr", Mac(random)), ("global-nic", "net0"));
                break;
        }
    }

    private static SimZone Vm(Random random, int number)
    {
        var uuid = Uuid(random);
        var machine = random.Next(3) == 0;
        var memory = 256 << random.Next(6);
        var vm = new JsonObject
        {
            ["uuid"] = uuid,
            ["zonename"] = uuid,
            ["alias"] = string.Create(CultureInfo.InvariantCulture, $"{Trades[number % Trades.Length]}-{number:D5}"),
            ["brand"] = machine ? "bhyve" : "joyent",
            ["type"] = machine ? "BHYV" : "OS",
            ["autoboot"] = true,
            ["create_timestamp"] = "2023-05-23T15:54:24.802Z",
            ["cpu_shares"] = 100,
            ["max_physical_memory"] = memory,
            ["owner_uuid"] = "00000000-0000-0000-0000-000000000000",
            ["nics"] = new JsonArray(new JsonObject { ["interface"] = "net0", ["mac"] = Mac(random), ["nic_tag"] = "admin", ["ips"] = new JsonArray($"10.88.{(number >> 8) & 255}.{number & 255}/16"), ["primary"] = true }),
            ["customer_metadata"] = new JsonObject(),
            ["internal_metadata"] = new JsonObject { ["root_pw"] = "simulated" },
            ["tags"] = new JsonObject { ["role"] = Trades[number % Trades.Length] },
        };
        if (machine)
        {
            (vm["vcpus"], vm["ram"]) = (1 << random.Next(4), memory);
            vm["disks"] = new JsonArray(new JsonObject { ["path"] = $"/dev/zvol/rdsk/zones/{uuid}/disk0", ["boot"] = true, ["model"] = "virtio", ["media"] = "disk", ["image_size"] = 10240, ["zpool"] = "zones" });
        }
        else
            (vm["cpu_cap"], vm["image_uuid"], vm["quota"]) = (100 << random.Next(4), Commands.HostCommands.ImageUuid, 20);
        return VmZone(uuid, vm, "installed");
    }

    private static string Uuid(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes).ToString("D");
    }

    // Solaris writes no leading zeros.
    private static string Mac(Random random) => string.Create(CultureInfo.InvariantCulture, $"2:8:20:{random.Next(256):x}:{random.Next(256):x}:{random.Next(256):x}");

    private static void Attribute(SimConfig config, string name, string value) => Add(config, "attr", ("name", name), ("type", "string"), ("value", value));

    private static void Add(SimConfig config, string type, params ReadOnlySpan<(string Name, string Value)> properties)
    {
        var resource = new SimResource(type);
        foreach (var (name, value) in properties)
            resource[name] = value;
        config.Resources.Add(resource);
    }
}
