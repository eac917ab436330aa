using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Anyvisor.Driver;
using Anyvisor.Drivers.SolarisZones.Inventory;
using Anyvisor.Drivers.SolarisZones.Rad;
using Anyvisor.Drivers.SolarisZones.Simulator.Estate;
using Anyvisor.Drivers.SolarisZones.Simulator.Shell;
using Anyvisor.Drivers.SolarisZones.Tests.Recordings;
using Anyvisor.Drivers.SolarisZones.Vm;
using Anyvisor.Drivers.SolarisZones.Wire;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.SolarisZones.Tests.Wire;

/// <summary>
/// What global zones said, changed at random: each text is read, or refused in our words; none crashes, hangs or makes a
/// word that no table has into a state. Recordings are among the texts where they lie beside the checkout. Two seconds a
/// parser; ANYVISOR_FUZZ=1000000 makes it a million texts each, and ANYVISOR_FUZZ_SEED repeats a run.
/// </summary>
public sealed class HostileInputTests
{
    private const int Usual = 5_000;
    private static readonly int? Wanted = int.TryParse(Environment.GetEnvironmentVariable("ANYVISOR_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) ? rounds : null;
    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("ANYVISOR_FUZZ_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : Environment.TickCount;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);
    private static readonly ZoneLine Zone = new("z", "installed", "/zones/z", Guid.NewGuid(), "sparse", "excl", []);
    private static readonly string[] Pieces =
    [
        ":", "\\", "\n", "\t", "\"", "'", "(", "[", "{", "}", "]", ")", "=", ",", "@", "%", "\0", "ü", "\ud800", "-1", "99999999999999999999", "1E+400", "0x", "running", "installed", "global", "null", "==anyvisor end\n", "==anyvisor ", "add net", "end",
        "set ", "limit=", "NaN", "true", "../", "$(id)",
    ];

    [Fact]
    public void Lists_of_zones() => Hold(
        ["0:global:running:/::ipkg:shared:0\n42:media:running:/zones/media:c624d04f-d0d9-e1e6-822e-acebc78ec9ff:lipkg:excl:128\n-:ws:installed:/zo\\:nes/ws:0f9c56f4-9810-6d45-f801-d34bf27cc13f:pkgsrc:excl:179\n", .. Recorded("cli", "zoneadm_list*"), .. Recorded("illumos", "zoneadm_list*")],
        text =>
        {
            foreach (var zone in ZoneList.ParseAll(text))
                if (ObjectFactory.State(zone) is { Known: false } state)
                    Assert.Equal(PowerState.Unknown, state.Power);
            _ = ZoneList.ParseAuxiliary(text);
        });

    [Fact]
    public void Auxiliary_states() => Hold(["NAME             STATUS           AUXILIARY STATE\nglobal           running          -\nkz               installed        suspended\n"], text => _ = ZoneList.ParseAuxiliary(text));

    [Fact]
    public void Configurations() => Hold(
        ["create -b\nset brand=sparse\nset zonepath=/zones/z\nadd rctl\nset name=zone.cpu-shares\nadd value (priv=privileged,limit=800,action=none)\nend\nadd net\nset allowed-address=10.0.0.1/24\nset mac-addr=2:8:20:1:39:4e\nend\nadd attr\nset name=tag-a\nset type=string\nset value=\"a b\"\nend\n", .. Recorded("cli", "zonecfg_export*"), .. Recorded("illumos", "zonecfg_file*")],
        text =>
        {
            var config = ZoneConfig.Parse(text);
            using var native = JsonDocument.Parse(ZoneShape.Of(Zone, config).Native);
            _ = SizeEdits.Of("sparse", config, 2, 1 << 30);
            _ = ZoneTags.Of(config);
        });

    [Fact]
    public void Information_for_people() => Hold(["zonename: z\nzonepath: /z\nbootargs:\nnet:\n\taddress: 1.1.1.1\n\tphysical: e0\n", .. Recorded("cli", "zonecfg_info*")], text => _ = ZoneConfig.ParseInfo(text));

    [Theory]
    [InlineData("solaris11")]
    [InlineData("solaris10")]
    [InlineData("omnios")]
    public async Task Facts_and_surroundings_of_a_host(string flavor)
    {
        var host = EstateMaker.Make("h", flavor switch { "solaris10" => SimFlavor.Solaris10, "omnios" => SimFlavor.OmniOs, _ => SimFlavor.Solaris11 }, 5, 7, TimeProvider.System, TimeSpan.Zero);
        var facts = await SayAsync(host, Scripts.Probe);
        Hold([facts], text => _ = HostFacts.Parse(text));
        var around = await SayAsync(host, Scripts.Surroundings.Replace("$1", flavor == "solaris10" ? "old" : "new", StringComparison.Ordinal));
        Hold([around], text => _ = Surroundings.Parse(text));
        var factory = new ObjectFactory("p", HostFacts.Parse(facts), TimeProvider.System);
        Hold([around], text => _ = factory.Snapshots(Surroundings.Parse(text), new Dictionary<string, Guest>()).Count());
    }

    [Fact]
    public async Task Statistics()
    {
        var host = EstateMaker.Make("h", SimFlavor.OmniOs, 8, 7, TimeProvider.System, TimeSpan.Zero);
        Hold([await SayAsync(host, Scripts.Statistics)], text =>
        {
            var said = Sections.ByTitle(text, "test");
            foreach (var use in ZoneStatistics.Parse(said.GetValueOrDefault("zones", ""), said.GetValueOrDefault("prstat", "")))
                Assert.True(use is { Resident: null or >= 0, CpuShare: null or (>= 0 and <= 1) });
        });
    }

    [Fact]
    public void Objects_of_vmadm_and_imgadm() => Hold(
        [
            """[{"uuid":"54f1cc77-68f1-42ab-acac-5c4f64f5d6e0","zonename":"z","alias":"web","state":"stopped","brand":"bhyve","vcpus":2,"ram":1024,"cpu_cap":150,"tags":{"a":1},"nics":[{"mac":"b2:1e:ba:a5:6e:71","ips":["10.2.121.71/16"],"nic_tag":"admin"}],"disks":[{"path":"/dev/x","image_size":10240,"boot":true}],"create_timestamp":"2023-05-23T15:54:24.802Z"}]""",
            """[{"manifest":{"uuid":"cf6b54f9-2952-4213-ba84-b6f64a7ec229","name":"d","version":"1","type":"zvol","os":"linux","image_size":10240,"files":[{"size":1}]},"zpool":"zones"}]""",
            .. Recorded("smartos", "vmload*.json"),
        ],
        text =>
        {
            foreach (var found in VmJson.Objects(text, "test"))
            {
                _ = VmJson.Image(found);
                using var native = JsonDocument.Parse(VmJson.Shape(found).Native);
                if (Mapping.State(VmJson.Line(found).State) is { Known: false } state)
                    Assert.Equal(PowerState.Unknown, state.Power);
            }
        });

    [Fact]
    public void Zones_of_RAD() => Hold(
        ["""{"href":"api/z/1.7/Zone/test1","Zone":{"auxstate":[],"brand":"solaris","id":-1,"uuid":"c5f26d28-0a9d-4c20-a2f3-eb2225de7f7e","name":"test1","state":"installed"}}"""],
        text =>
        {
            JsonDocument document;
            try
            {
                document = JsonDocument.Parse(text);
            }
            catch (JsonException)
            {
                // The client refuses it before any zone is looked for.
                return;
            }
            using (document)
                if (ObjectFactory.State(RadZone.Line(document.RootElement)) is { Known: false } state)
                    Assert.Equal(PowerState.Unknown, state.Power);
        });

    [Theory]
    [InlineData("9999999999999994.E")]
    [InlineData("8E")]
    [InlineData("79228162514264337593543950335")]
    public void A_size_that_no_machine_has_is_none(string text) => Assert.Null(ZoneSizes.Bytes(text));

    [Fact]
    public void Numbers() => Hold(["4G", "4.75g", "2-4", "2147483648", "1GB", "0.5"], text =>
    {
        Assert.True(ZoneSizes.Bytes(text) is null or >= 0);
        Assert.True(ZoneSizes.Cpus(text) is null or > 0);
    });

    private static void Hold(string[] originals, Action<string> read)
    {
        var random = new Random(Seed);
        foreach (var original in originals)
            Judge(original, read);
        var watch = Stopwatch.StartNew();
        for (var round = 0; round < (Wanted ?? Usual) && (Wanted is not null || watch.Elapsed < Longest); round++)
            Judge(Changed(random, originals[random.Next(originals.Length)]), read);
    }

    private static void Judge(string text, Action<string> read)
    {
        try
        {
            read(text);
        }
        catch (ProviderException e)
        {
            Assert.False(string.IsNullOrWhiteSpace(e.Message));
        }
        catch (Exception e) when (e is not ProviderException)
        {
            throw new InvalidOperationException($"With the seed {Seed}, this text ends in {e.GetType().Name}: {JsonSerializer.Serialize(text)}", e);
        }
    }

    private static string Changed(Random random, string text)
    {
        var changed = new StringBuilder(text);
        for (var count = 1 + random.Next(6); count > 0 && changed.Length > 0; count--)
        {
            var at = random.Next(changed.Length);
            switch (random.Next(6))
            {
                case 0:
                    changed.Length = at;
                    break;
                case 1:
                    changed[at] = (char)random.Next(random.Next(4) == 0 ? 0x10000 : 0x80);
                    break;
                case 2:
                    changed.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 3:
                    changed.Remove(at, Math.Min(1 + random.Next(30), changed.Length - at));
                    break;
                case 4:
                    changed.Insert(at, changed.ToString(at, Math.Min(random.Next(80), changed.Length - at)));
                    break;
                default:
                    changed.Insert(random.Next(changed.Length), changed.ToString(at, Math.Min(random.Next(40), changed.Length - at)));
                    break;
            }
        }
        // What came over a line was bytes.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(changed.ToString()));
    }

    private static IEnumerable<string> Recorded(string folder, string pattern) => Recording.Root is null ? [] : Recording.Files(folder, pattern).Select(File.ReadAllText);

    private static async Task<string> SayAsync(SimHost host, string script)
    {
        var said = new StringBuilder();
        _ = await Interpreter.Login(host).RunAsync(script, new Streams(new InputText(""), text => said.Append(text), _ => { }, false), TestContext.Current.CancellationToken);
        return said.ToString();
    }
}
