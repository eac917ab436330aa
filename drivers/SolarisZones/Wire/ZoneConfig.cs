using System.Collections.Immutable;
using System.Text;
using Anyvisor.Driver;

namespace Anyvisor.Drivers.SolarisZones.Wire;

/// <summary>A resource of a zone's configuration: <c>add net</c> and what follows up to <c>end</c>.</summary>
/// <param name="Type">net, anet, capped-cpu, attr, ...</param>
/// <param name="Properties">In their order; a property may come more than once (<c>add</c>).</param>
internal sealed record ZoneResource(string Type, ImmutableArray<KeyValuePair<string, string>> Properties)
{
    public string? this[string name]
    {
        get
        {
            foreach (var (key, value) in Properties)
                if (key == name)
                    return value;
            return null;
        }
    }
}

/// <summary>A zone's configuration, whatever wrote it: <c>zonecfg export</c>, RAD's exportConfig, vmadm.</summary>
internal sealed record ZoneConfig(ImmutableArray<KeyValuePair<string, string>> Properties, ImmutableArray<ZoneResource> Resources)
{
    /// <summary>The attr in which we leave the id of the task that made a zone.</summary>
    public const string TaskMark = "anyvisor-task";

    public static ZoneConfig Empty { get; } = new([], []);

    public string? this[string name]
    {
        get
        {
            foreach (var (key, value) in Properties)
                if (key == name)
                    return value;
            return null;
        }
    }

    public IEnumerable<ZoneResource> Of(string type) => Resources.Where(resource => resource.Type == type);

    public ZoneResource? First(string type) => Resources.FirstOrDefault(resource => resource.Type == type);

    public string? Attribute(string name) => Of("attr").FirstOrDefault(attr => attr["name"] == name)?["value"];

    /// <summary>Reads what <c>zonecfg export</c> writes. Words that we do not know are kept.</summary>
    /// <exception cref="ProviderException">It is no such text.</exception>
    public static ZoneConfig Parse(string export)
    {
        var properties = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        var resources = ImmutableArray.CreateBuilder<ZoneResource>();
        string? open = null;
        var inner = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        foreach (var raw in export.Split('\n'))
        {
            var line = raw.Trim();
            if (line.Length == 0 || line[0] == '#' || line.StartsWith("create", StringComparison.Ordinal))
                continue;
            if (line == "end" && open is not null)
            {
                resources.Add(new ZoneResource(open, inner.ToImmutable()));
                inner.Clear();
                open = null;
            }
            else if (line.StartsWith("set ", StringComparison.Ordinal))
                (open is null ? properties : inner).Add(Pair(line[4..]));
            else if (line.StartsWith("add ", StringComparison.Ordinal) && open is null)
                open = line[4..].Trim();
            else if (line.StartsWith("add ", StringComparison.Ordinal))
                inner.Add(Added(line[4..].Trim()));
            else
                throw Garbled(line);
        }
        return open is null ? new ZoneConfig(properties.ToImmutable(), resources.ToImmutable()) : throw Garbled($"add {open} without end");
    }

    /// <summary>Reads what <c>zonecfg info</c> writes for people: <c>name: value</c>, a resource's properties indented.</summary>
    public static ZoneConfig ParseInfo(string info)
    {
        var properties = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        var resources = ImmutableArray.CreateBuilder<ZoneResource>();
        string? open = null;
        var inner = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        foreach (var raw in info.Split('\n'))
        {
            if (raw.Trim().Length == 0 || raw.IndexOf(':', StringComparison.Ordinal) is var colon && colon < 0)
                continue;
            var (name, value) = (raw[..colon].Trim().Trim('['), raw[(colon + 1)..].Trim().TrimEnd(']'));
            if (char.IsWhiteSpace(raw[0]) && open is not null)
                inner.Add(KeyValuePair.Create(name, Unquoted(value)));
            else if (char.IsWhiteSpace(raw[0]))
                throw Garbled(raw.Trim());
            else
            {
                Close();
                var type = name.Split(' ')[0];
                if (value.Length == 0 && ResourceTypes.Contains(type))
                    open = type;
                else
                    properties.Add(KeyValuePair.Create(name, Unquoted(value)));
            }
        }
        Close();
        return new ZoneConfig(properties.ToImmutable(), resources.ToImmutable());

        void Close()
        {
            if (open is not null)
                resources.Add(new ZoneResource(open, inner.ToImmutable()));
            inner.Clear();
            open = null;
        }
    }

    /// <summary>As zonecfg reads it back; also the commands that make a zone of it.</summary>
    public string Export()
    {
        var text = new StringBuilder("create -b\n");
        foreach (var (name, value) in Properties)
            text.Append("set ").Append(name).Append('=').Append(Quoted(value)).Append('\n');
        foreach (var resource in Resources)
        {
            text.Append("add ").Append(resource.Type).Append('\n');
            foreach (var (name, value) in resource.Properties)
                if (value.StartsWith('(') && resource.Type is "rctl")
                    text.Append("add ").Append(name).Append(' ').Append(value).Append('\n');
                else
                    text.Append("set ").Append(name).Append('=').Append(Quoted(value)).Append('\n');
            text.Append("end\n");
        }
        return text.ToString();
    }

    /// <summary>A value in zonecfg's own language, where quotes can't be escaped.</summary>
    /// <exception cref="ProviderException">It can't be written there.</exception>
    public static string Quoted(string value) =>
        value.Any(c => c == '"' || char.IsControl(c)) ? throw new ProviderException(ProviderError.InvalidArgument, $"'{ZoneNames.Shown(value)}' has a quote or control character, which a zone's configuration can't hold.")
        : value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || "/._-:+%{}@".Contains(c, StringComparison.Ordinal)) ? value
        : value.StartsWith('[') && value.EndsWith(']') || value.StartsWith('(') && value.EndsWith(')') ? value
        : $"\"{value}\"";

    private static readonly ImmutableHashSet<string> ResourceTypes =
    [
        "net", "anet", "fs", "inherit-pkg-dir", "device", "dataset", "rootzpool", "zpool", "capped-memory", "capped-cpu", "dedicated-cpu", "virtual-cpu",
        "rctl", "attr", "admin", "suspend", "keysource", "verified-boot", "security-flags", "npiv", "ib-vhca", "mac", "port",
    ];

    private static KeyValuePair<string, string> Pair(string assignment)
    {
        var at = assignment.IndexOf('=', StringComparison.Ordinal);
        return at > 0 ? KeyValuePair.Create(assignment[..at].Trim(), Unquoted(assignment[(at + 1)..].Trim())) : throw Garbled("set " + assignment);
    }

    // 'add value (priv=privileged,limit=800,action=deny)', 'add options [ro,nodevices]', 'add property (name=gateway,value="10.0.0.1")'
    private static KeyValuePair<string, string> Added(string words)
    {
        var at = words.IndexOf(' ', StringComparison.Ordinal);
        return at > 0 ? KeyValuePair.Create(words[..at], words[(at + 1)..].Trim()) : KeyValuePair.Create(words, "");
    }

    private static string Unquoted(string value) => value.Length > 1 && value[0] == '"' && value[^1] == '"' ? value[1..^1] : value;

    private static ProviderException Garbled(string line) =>
        new(ProviderError.ProtocolViolation, $"A zone's configuration has a line that is none: '{ZoneNames.Shown(line)}'.");
}
