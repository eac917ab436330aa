using System.Buffers;
using System.Text;

namespace Anyvisor.Drivers.SolarisZones.Simulator.Estate;

/// <summary>A resource of a simulated zone's configuration.</summary>
internal sealed class SimResource(string type)
{
    public string Type => type;

    public List<KeyValuePair<string, string>> Properties { get; init; } = [];

    public string? this[string name]
    {
        get => Properties.FindIndex(p => p.Key == name) is var at and >= 0 ? Properties[at].Value : null;
        set
        {
            var at = Properties.FindIndex(p => p.Key == name);
            if (at >= 0)
                Properties[at] = KeyValuePair.Create(name, value!);
            else
                Properties.Add(KeyValuePair.Create(name, value!));
        }
    }

    public SimResource Copy() => new(type) { Properties = [.. Properties] };
}

/// <summary>A simulated zone's configuration.</summary>
internal sealed class SimConfig
{
    private static readonly string[] Known = ["zonename", "zonepath", "brand", "autoboot", "bootargs", "pool", "limitpriv", "scheduling-class", "ip-type", "hostid"];

    private static readonly SearchValues<char> InNeedOfQuotes = SearchValues.Create(" ,;\"=#");

    public SimResource Global { get; init; } = new("global");

    public List<SimResource> Resources { get; init; } = [];

    public SimConfig Copy() => new() { Global = Global.Copy(), Resources = [.. Resources.Select(r => r.Copy())] };

    public SimResource? First(string type) => Resources.Find(r => r.Type == type);

    public string Export()
    {
        var text = new StringBuilder("create -b\n");
        foreach (var (name, value) in Global.Properties)
            if (name != "zonename")
                text.Append("set ").Append(name).Append('=').Append(Quoted(value)).Append('\n');
        foreach (var resource in Resources)
        {
            text.Append("add ").Append(resource.Type).Append('\n');
            foreach (var (name, value) in resource.Properties)
                if (value.StartsWith('('))
                    text.Append("add ").Append(name).Append(' ').Append(value).Append('\n');
                else
                    text.Append("set ").Append(name).Append('=').Append(Quoted(value)).Append('\n');
            text.Append("end\n");
        }
        return text.ToString();
    }

    /// <summary>What <c>zonecfg info</c> says: Solaris 11 what is set, with numbered resources; older ones every property.</summary>
    public string Info(string zone, SimFlavor flavor)
    {
        var text = new StringBuilder($"zonename: {zone}\n");
        var names = flavor == SimFlavor.Solaris11 ? Global.Properties.Select(p => p.Key) : Known;
        foreach (var name in names.Where(name => name != "zonename"))
            text.Append($"{name}: {Global[name]}".TrimEnd()).Append('\n');
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var resource in Resources)
        {
            var number = counts[resource.Type] = counts.GetValueOrDefault(resource.Type, -1) + 1;
            text.Append(resource.Type).Append(flavor == SimFlavor.Solaris11 && resource.Type is "net" or "anet" ? $" {number}" : "").Append(":\n");
            foreach (var (name, value) in resource.Properties)
                text.Append('\t').Append(name).Append(": ").Append(value).Append('\n');
        }
        return text.ToString();
    }

    private static string Quoted(string value) => value.AsSpan().ContainsAny(InNeedOfQuotes) && !value.StartsWith('[') ? $"\"{value}\"" : value;
}

/// <summary>A simulated zone. Its host's gate guards it.</summary>
internal sealed class SimZone
{
    public required string Name { get; set; }
    public required SimConfig Config { get; set; }
    public string State { get; set; } = "configured";
    public string Uuid { get; set; } = "";
    public int? Id { get; set; }
    public List<string> Auxiliary { get; } = [];

    /// <summary>What works on it, so that nothing else may.</summary>
    public string? Busy { get; set; }

    /// <summary>vmadm's properties beyond the zone's.</summary>
    public System.Text.Json.Nodes.JsonObject? Vm { get; set; }

    public string Brand => Config.Global["brand"] ?? "native";

    public string Path => (Config.Global["zonepath"] ?? "/system/zones/%{zonename}").Replace("%{zonename}", Name, StringComparison.Ordinal);

    public bool Exclusive => Config.Global["ip-type"] is not "shared" && (Config.Global["ip-type"] == "exclusive" || Brand is not "native");
}
