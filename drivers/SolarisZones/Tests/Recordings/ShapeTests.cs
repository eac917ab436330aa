using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Anyvisor.Drivers.SolarisZones.Simulator.Estate;
using Anyvisor.Drivers.SolarisZones.Simulator.Shell;
using Anyvisor.Drivers.SolarisZones.Wire;
using Xunit;

namespace Anyvisor.Drivers.SolarisZones.Tests.Recordings;

/// <summary>What the simulated commands print beside what real ones printed: the same fields, words and order.</summary>
public sealed partial class ShapeTests
{
    // Commands of the recorded sessions that neither the driver nor the simulator knows.
    private static readonly string[] Unknown = ["/usr/sbin/ifconfig -a", "/sbin/uname -X", "/usr/sbin/psrinfo -pv", "df -h"];

    [Theory]
    [InlineData("solaris11", "cli/zoneadm_list_cp.solaris11.txt")]
    [InlineData("omnios", "illumos/zoneadm_list_cp.omnios.txt")]
    [InlineData("omnios", "illumos/zoneadm_list_cp.omnios2.txt")]
    public async Task A_list_of_zones_has_the_fields_of_the_recorded_one(string flavor, string file)
    {
        var recorded = Lines(Recording.Read(file));
        var said = Lines(await SayAsync(Host(flavor), "zoneadm list -cp"));
        Assert.Equal(recorded[0], said[0]);
        var columns = Columns(recorded.Skip(1));
        foreach (var line in said.Skip(1))
        {
            var fields = line.Split(':');
            Assert.True(fields.Length == columns.Count, $"{line}: {fields.Length} fields and not {columns.Count}");
            for (var i = 0; i < fields.Length; i++)
                // A zone that does not run has no number; one that is no kernel zone no read-write state.
                Assert.True(columns[i].Contains(Class(fields[i])) || i is 0 or 7 && fields[i] == "-" || i == 8 && fields[i].Length == 0, $"{line}: field {i} is '{fields[i]}', recorded are {string.Join(", ", columns[i])}");
        }
    }

    [Fact]
    public async Task Each_command_of_the_session_on_Solaris_10_says_lines_of_the_recorded_kind()
    {
        var host = Host("solaris10");
        var compared = 0;
        foreach (var (command, output) in Session(Recording.Read("cli/solaris10_host_session.txt")))
        {
            if (Unknown.Contains(command))
                continue;
            var recorded = Lines(output).Select(Kind).ToHashSet();
            var said = Lines(await SayAsync(host, command)).Where(line => !command.Contains("zoneadm", StringComparison.Ordinal) || line.StartsWith("0:", StringComparison.Ordinal)).ToList();
            Assert.NotEmpty(said);
            foreach (var line in said)
                Assert.True(recorded.Contains(Kind(line)), $"{command} says '{line}' ({Kind(line)}); recorded are {string.Join(" | ", recorded)}");
            compared++;
        }
        Assert.True(compared >= 9, $"only {compared} commands were compared");
    }

    [Theory]
    [InlineData("solaris11")]
    [InlineData("omnios")]
    public async Task An_exported_configuration_has_the_resources_properties_and_order_of_the_recorded_ones(string flavor)
    {
        // A file that was written by hand is no witness of the order.
        var ordered = new List<ZoneConfig> { ZoneConfig.Parse(Recording.Read("cli/zonecfg_export.solaris-kz.0.txt")) };
        var all = new List<ZoneConfig>(ordered) { ZoneConfig.Parse(Recording.Read("illumos/zonecfg_file_01.txt")) };
        foreach (var (type, properties) in RadResources())
        {
            var pairs = properties.Select(name => KeyValuePair.Create(name, "")).ToArray();
            ordered.Add(type == "global" ? new ZoneConfig([.. pairs], []) : new ZoneConfig([], [new ZoneResource(type, [.. pairs])]));
            all.Add(ordered[^1]);
        }
        var known = all.SelectMany(c => c.Resources).GroupBy(r => r.Type).ToDictionary(g => g.Key, g => g.SelectMany(r => r.Properties).Select(p => p.Key).ToHashSet());
        var globals = all.SelectMany(c => c.Properties).Select(p => p.Key).ToHashSet();
        // illumos has two more in its manual and its XML (etc_zones_cube-media.xml): the nic's address and limits of processors.
        known["net"].UnionWith(["mac-addr"]);
        known["capped-cpu"] = ["ncpus"];
        globals.UnionWith(["zonepath", "ip-type"]);
        var host = Host(flavor);
        foreach (var zone in host.Zones.Keys.ToList())
        {
            var text = await SayAsync(host, $"zonecfg -z {zone} export");
            Assert.StartsWith("create -b\nset brand=", text.Replace($"set zonepath=/zones/{zone}\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
            var config = ZoneConfig.Parse(text);
            Assert.All(config.Properties, p => Assert.Contains(p.Key, globals));
            foreach (var resource in config.Resources)
            {
                Assert.True(known.TryGetValue(resource.Type, out var properties), $"{zone}: no recording has the resource {resource.Type}");
                Assert.All(resource.Properties, p => Assert.True(properties!.Contains(p.Key), $"{zone}: no recorded {resource.Type} has {p.Key}"));
                foreach (var recorded in ordered.SelectMany(c => c.Resources).Where(r => r.Type == resource.Type))
                {
                    var order = recorded.Properties.Select(p => p.Key).Distinct().ToList();
                    var said = resource.Properties.Select(p => order.IndexOf(p.Key)).Where(at => at >= 0).ToList();
                    Assert.True(said.SequenceEqual(said.Order()), $"{zone}: {resource.Type} has {string.Join(", ", resource.Properties.Select(p => p.Key))}, recorded is {string.Join(", ", order)}");
                }
            }
        }
    }

    [Fact]
    public async Task Information_for_people_has_the_lines_of_the_recorded_one()
    {
        var host = Host("solaris10");
        var recorded = Lines(Recording.Read("cli/zonecfg_info.solaris.0.txt"));
        var said = Lines(await SayAsync(host, $"zonecfg -z {host.Zones.Keys.First()} info"));
        Assert.Equal(recorded.TakeWhile(line => !line.StartsWith("net:", StringComparison.Ordinal)).Select(Key), said.TakeWhile(line => !line.StartsWith("capped", StringComparison.Ordinal) && !line.StartsWith("net:", StringComparison.Ordinal)).Select(Key));
        Assert.Contains("net:", said);
        var eleven = Host("solaris11");
        Assert.Contains("anet 0:", Recording.Read("cli/oracle_03_oracle_solaris_zones.txt"), StringComparison.Ordinal);
        Assert.Contains("anet 0:", Lines(await SayAsync(eleven, $"zonecfg -z {eleven.Zones.Keys.First()} info")));
        static string Key(string line) => line.Split(':')[0];
    }

    [Fact]
    public async Task What_vmadm_shows_of_a_zone_is_documented_and_of_the_documented_type()
    {
        using var properties = JsonDocument.Parse(Recording.Read("smartos/vmadm_properties.json"));
        var types = properties.RootElement.EnumerateArray().GroupBy(p => p.GetProperty("name").GetString()!).ToDictionary(g => g.Key, g => g.First().GetProperty("type").GetString()!);
        var host = Host("smartos");
        using var shown = JsonDocument.Parse(await SayAsync(host, "vmadm lookup -j"));
        Assert.Equal(host.Zones.Count, shown.RootElement.GetArrayLength());
        foreach (var property in shown.RootElement.EnumerateArray().SelectMany(zone => zone.EnumerateObject()))
        {
            // In what vmadm shows of a zone (triton_vmapi_samples.txt), and not in the table of what can be set.
            if (property.Name is "zonename" or "type" or "zonepath" or "tags")
                continue;
            Assert.True(types.TryGetValue(property.Name, out var type), $"{property.Name} is not documented");
            if (type!.Length == 0)
                continue;
            var kinds = property.Value.ValueKind switch
            {
                JsonValueKind.String => ["string", "enum", "uuid"],
                JsonValueKind.Number => ["integer", "number"],
                JsonValueKind.True or JsonValueKind.False => ["boolean"],
                JsonValueKind.Array => ["array", "string (network", "list"],
                _ => (string[])["object", "JSON", "hash", "key"],
            };
            Assert.True(kinds.Any(kind => type.Contains(kind, StringComparison.OrdinalIgnoreCase)), $"{property.Name} is {property.Value.ValueKind}; documented is {type}");
        }
    }

    private static SimHost Host(string flavor) => EstateMaker.Make("sol", flavor switch { "solaris10" => SimFlavor.Solaris10, "omnios" => SimFlavor.OmniOs, "smartos" => SimFlavor.SmartOs, _ => SimFlavor.Solaris11 }, 40, 7, TimeProvider.System, TimeSpan.Zero);

    private static async Task<string> SayAsync(SimHost host, string command)
    {
        var (said, errors) = (new StringBuilder(), new StringBuilder());
        var code = await Interpreter.Login(host).RunAsync(command, new Streams(new InputText(""), text => said.Append(text), text => errors.Append(text), false), TestContext.Current.CancellationToken);
        Assert.True(code == 0, $"{command}: {errors}");
        return said.ToString();
    }

    /// <summary>Commands with what they said, from a terminal's text.</summary>
    private static IEnumerable<(string Command, string Output)> Session(string text)
    {
        var command = "";
        var output = new StringBuilder();
        foreach (var line in text.Split('\n').Append("$ "))
            if (Prompt().Match(line) is { Success: true } prompt)
            {
                if (command.Length > 0)
                    yield return (command, output.ToString());
                (command, _) = (line[prompt.Length..].Trim(), output.Clear());
            }
            else
                output.Append(line).Append('\n');
    }

    private static IEnumerable<(string Type, List<string> Properties)> RadResources()
    {
        using var recording = JsonDocument.Parse(Recording.Read("rad-rest/zones_basic.http.json"));
        foreach (var exchange in recording.RootElement.GetProperty("interactions").EnumerateArray())
            if (exchange.GetProperty("request").GetProperty("uri").GetString()!.EndsWith("getResources", StringComparison.Ordinal))
            {
                using var answer = JsonDocument.Parse(exchange.GetProperty("response").GetProperty("body").GetString()!);
                foreach (var resource in answer.RootElement.GetProperty("payload").EnumerateArray())
                    yield return (resource.GetProperty("type").GetString()!, [.. resource.GetProperty("properties").EnumerateArray().Select(p => p.GetProperty("name").GetString()!)]);
            }
    }

    private static List<string> Lines(string text) => [.. text.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0)];

    private static List<HashSet<string>> Columns(IEnumerable<string> lines)
    {
        var columns = new List<HashSet<string>>();
        foreach (var fields in lines.Select(line => line.Split(':')))
            for (var i = 0; i < fields.Length; i++)
            {
                if (columns.Count == i)
                    columns.Add([]);
                columns[i].Add(Class(fields[i]));
            }
        return columns;
    }

    private static string Class(string field) =>
        field.Length == 0 ? "nothing"
        : field.All(char.IsAsciiDigit) ? "number"
        : Guid.TryParseExact(field, "D", out _) ? "uuid"
        : field[0] == '/' ? "path"
        : "word";

    // The words of a line; of a statistic its name alone, with the instance as any; numbers are one like the other.
    private static string Kind(string line)
    {
        var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var kinds = words[0].Contains("cpu_info", StringComparison.Ordinal) ? words[..1] : words;
        return Digits().Replace(string.Join(' ', kinds), "9");
    }

    [GeneratedRegex(@"^(bash-[\d.]+)?\$ ", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Prompt();

    [GeneratedRegex(@"\d+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Digits();
}
