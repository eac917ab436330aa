using System.Text.Json;
using Anyvisor.Drivers.SolarisZones.Inventory;
using Anyvisor.Drivers.SolarisZones.Rad;
using Anyvisor.Drivers.SolarisZones.Vm;
using Anyvisor.Drivers.SolarisZones.Wire;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.SolarisZones.Tests.Recordings;

public sealed class RecordingTests
{
    [Fact]
    public void Every_recorded_list_is_read_and_has_no_unknown_word()
    {
        foreach (var file in Recording.Files("cli", "zoneadm_list*").Concat(Recording.Files("illumos", "zoneadm_list*")))
        {
            var text = File.ReadAllText(file);
            var zones = ZoneList.ParseAll(text);
            Assert.Equal(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, zones.Count);
            foreach (var zone in zones)
            {
                Assert.True(Mapping.State(zone.State).Known, $"{file}: {zone.State}");
                Assert.Contains(zone.Brand, Mapping.BrandWords);
                Assert.Equal(zone.IsGlobal, zone.Uuid is null);
            }
        }
    }

    [Fact]
    public void The_list_of_Solaris_11_has_its_kernel_zone()
    {
        var zone = ZoneList.ParseAll(Recording.Read("cli/zoneadm_list_cp.solaris11.txt"))[1];
        Assert.Equal(("myzone", "installed", "solaris-kz", "excl"), (zone.Name, zone.State, zone.Brand, zone.IpType));
        Assert.Equal(Guid.Parse("29be88cb-e61a-4204-8d9b-f4a61bf0efdd"), zone.Uuid);
    }

    [Fact]
    public void Every_recorded_configuration_is_read_and_written_back_the_same()
    {
        foreach (var file in Recording.Files("cli", "zonecfg_export*").Concat(Recording.Files("illumos", "zonecfg_file*")))
        {
            var text = File.ReadAllText(file);
            var config = ZoneConfig.Parse(text);
            Assert.Equal(Lines(text), Lines(config.Export()));
        }
        static string[] Lines(string text) => text.Replace("\"", "", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [Fact]
    public void The_kernel_zone_s_export_becomes_its_size_disks_and_nics()
    {
        var shape = Shape("solaris-kz", Recording.Read("cli/zonecfg_export.solaris-kz.0.txt"));
        Assert.Equal((4, 4L << 30, true), (shape.Vcpus, shape.Memory, shape.CanSuspend));
        Assert.Equal("disk0", Assert.Single(shape.Disks).Name);
        Assert.Equal(("auto", "anet"), (shape.Nics[0].Network, shape.Nics[0].Model));
    }

    [Fact]
    public void The_illumos_file_becomes_its_address_and_dataset()
    {
        var shape = Shape("sparse", Recording.Read("illumos/zonecfg_file_01.txt"));
        Assert.Equal("192.168.1.39", Assert.Single(Assert.Single(shape.Nics).Addresses));
        Assert.Equal("test0", shape.Nics[0].Network);
        Assert.Contains(shape.Disks, d => d.Source == "rpool/zonedata/wavefront");
        var native = JsonDocument.Parse(shape.Native).RootElement;
        Assert.Equal(2, native.GetProperty("resource fs").GetArrayLength());
        Assert.Equal("localnet", native.GetProperty("resource attr")[0].GetProperty("value").GetString());
    }

    [Fact]
    public void Info_for_people_is_read_too()
    {
        var config = ZoneConfig.ParseInfo(Recording.Read("cli/zonecfg_info.solaris.0.txt"));
        Assert.Equal(("native", "/dummy/z", "true"), (config["brand"], config["zonepath"], config["autoboot"]));
        Assert.Equal(["1.1.1.1", "1.1.1.2"], config.Of("net").Select(net => net["address"]));
    }

    [Fact]
    public void Every_object_of_vmadm_is_read_with_nothing_lost()
    {
        foreach (var file in Recording.Files("smartos", "vmload_*.json"))
        {
            var vm = Assert.Single(VmJson.Objects(File.ReadAllText(file), "read it"));
            var shape = VmJson.Shape(vm);
            Assert.NotEmpty(shape.Title);
            if (VmJson.Text(vm, "state") is { } state)
                Assert.True(Mapping.State(state).Known, state);
            Assert.Contains(VmJson.Text(vm, "brand")!, Mapping.BrandWords);
            Assert.Equal(VmJson.Items(vm, "nics").Count(), shape.Nics.Length);
            using var native = JsonDocument.Parse(shape.Native);
            Assert.Equal(vm.EnumerateObject().Select(p => p.Name), native.RootElement.EnumerateObject().Select(p => p.Name));
        }
    }

    [Fact]
    public void The_virtual_machine_of_SmartOS_has_its_size_disks_and_nic()
    {
        var shape = VmJson.Shape(VmJson.Objects(Recording.Read("smartos/vmload_bhyve-disk-sort.json"), "read it")[0]);
        Assert.Equal((2, 1024L << 20), (shape.Vcpus, shape.Memory));
        Assert.Equal((10240L << 20, "virtio"), (shape.Disks[0].Capacity, shape.Disks[0].Bus));
        Assert.Equal(("admin", "10.88.88.221"), (shape.Nics[0].Network, shape.Nics[0].Addresses[0]));
        Assert.Equal("cf6b54f9-2952-4213-ba84-b6f64a7ec229", Assert.Single(shape.Images));
    }

    [Fact]
    public void The_zone_with_everything_has_its_cap_and_alias()
    {
        var shape = VmJson.Shape(VmJson.Objects(Recording.Read("smartos/vmload_maximal-joyent.json"), "read it")[0]);
        Assert.Equal(("the works", 8, 256L << 20), (shape.Title, shape.Vcpus, shape.Memory));
        Assert.Equal((8m, true, 100), (shape.Entitlement!.Units, shape.Entitlement.Capped, shape.Entitlement.Weight));
    }

    [Fact]
    public void Every_state_of_vmadm_that_is_documented_is_known()
    {
        var text = Recording.Read("smartos/vmadm_properties.json");
        foreach (var word in (string[])["configured", "incomplete", "installed", "ready", "running", "shutting_down", "down", "provisioning", "failed", "stopping", "stopped", "receiving"])
            Assert.True(Mapping.State(word).Known, word);
        Assert.Contains("zone_state", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_exchange_with_RAD_is_read()
    {
        using var recording = JsonDocument.Parse(Recording.Read("rad-rest/zones_basic.http.json"));
        var lists = 0;
        foreach (var exchange in recording.RootElement.GetProperty("interactions").EnumerateArray())
        {
            var body = exchange.GetProperty("response").GetProperty("body").GetString()!;
            var uri = exchange.GetProperty("request").GetProperty("uri").GetString()!;
            if (body.Length == 0)
                continue;
            using var answer = JsonDocument.Parse(body);
            Assert.Equal("success", answer.RootElement.GetProperty("status").GetString());
            var payload = answer.RootElement.GetProperty("payload");
            if (uri.EndsWith("/Zone/?_rad_detail", StringComparison.Ordinal))
                foreach (var zone in payload.EnumerateArray().Select(RadZone.Line))
                {
                    lists++;
                    Assert.True(Mapping.State(zone.State, zone.Auxiliary.AsSpan()).Known);
                    Assert.NotNull(zone.Uuid);
                }
            if (uri.EndsWith("exportConfig", StringComparison.Ordinal))
                Assert.Equal("net0", ZoneConfig.Parse(payload.GetString()!).First("anet")!["linkname"]);
        }
        Assert.Equal(1, lists);
    }

    [Fact]
    public void A_host_of_Solaris_10_says_what_it_is()
    {
        var session = Recording.Read("cli/solaris10_host_session.txt");
        Assert.Contains("Memory size: 3072 Megabytes", session, StringComparison.Ordinal);
        var facts = HostFacts.Parse("""
            ==anyvisor uname
            SunOS sol 5.10 Generic_147148-26 i86pc i386 i86pc
            ==anyvisor isa
            amd64
            ==anyvisor memory
            Memory size: 3072 Megabytes
            ==anyvisor processors
            0	on-line   since 03/26/2017 07:25:13
            ==anyvisor cpu
            """ + "\n" + string.Join('\n', session.Split('\n').Where(line => line.StartsWith("cpu_info:", StringComparison.Ordinal))) + "\n==anyvisor end\n");
        Assert.Equal((Flavor.Solaris10, "sol", Architecture.X86_64, 3072L << 20, 1, 1), (facts.Flavor, facts.Name, facts.Arch, facts.Memory, facts.Cpus, facts.Cores));
        Assert.Equal("Intel(r) Core(tm) i5-4460  CPU @ 3.20GHz", facts.CpuModel);
    }

    private static ZoneShape Shape(string brand, string export) => ZoneShape.Of(new ZoneLine("z", "installed", "/zones/z", Guid.NewGuid(), brand, "excl", []), ZoneConfig.Parse(export));
}
