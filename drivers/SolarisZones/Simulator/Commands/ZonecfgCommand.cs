using System.Buffers;
using Anyvisor.Drivers.SolarisZones.Simulator.Estate;

namespace Anyvisor.Drivers.SolarisZones.Simulator.Commands;

/// <summary>zonecfg(8), without its dialogue.</summary>
internal static class ZonecfgCommand
{
    public static async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var words = call.Words;
        if (words.Length < 3 || words[1] != "-z")
            return call.Fail("usage: zonecfg -z zone subcommand", 2);
        var at = 3;
        var live = at < words.Length && words[at] == "-r";
        at += live ? 1 : 0;
        var text = at < words.Length && words[at] == "-f" ? call.Host.Files.Read(words[^1]) : at < words.Length ? string.Join(' ', words[at..]) : await call.Io.In.ReadAllAsync(cancellationToken).ConfigureAwait(false);
        if (live && call.Host.Flavor != SimFlavor.Solaris11)
            return call.Fail("zonecfg: illegal option -- r", 2);
        lock (call.Host.Gate)
            return Run(call, words[2], text ?? "", live);
    }

    /// <summary>Runs commands of zonecfg's language, under the gate; nothing is changed where one fails.</summary>
    public static int Run(Call call, string name, string text, bool live)
    {
        var session = new ZonecfgSession(call, name, live);
        foreach (var command in Split(text))
            if (session.Run(command) is var code and not 0)
                return code;
        return session.Commit();
    }

    // Commands end with a line or a semicolon, neither of which counts within quotes.
    private static IEnumerable<string> Split(string text)
    {
        var (from, quoted) = (0, false);
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] == '"')
                quoted = !quoted;
            if (i < text.Length && (quoted || text[i] is not ('\n' or ';')))
                continue;
            var command = text[from..i].Trim();
            from = i + 1;
            if (command.Length > 0)
                yield return command;
        }
    }
}

/// <summary>One run of zonecfg on one zone.</summary>
internal sealed class ZonecfgSession(Call call, string name, bool live)
{
    private static readonly SearchValues<char> Unquotable = SearchValues.Create(" \t'`$&|<>\\");
    private SimConfig? _config = call.Host.Zones.GetValueOrDefault(name)?.Config.Copy();
    private SimResource? _open;
    private bool _adding;
    private bool _changed;
    private bool _deleted;
    private string? _rename;

    public int Run(string command)
    {
        var at = command.IndexOf(' ', StringComparison.Ordinal);
        var (word, rest) = at < 0 ? (command, "") : (command[..at], command[(at + 1)..].Trim());
        if (word == "create")
            return Create();
        if (_config is null)
            return call.Fail($"{name}: No such zone configured\nUse 'create' to begin configuring a new zone.");
        return word switch
        {
            "export" => call.Say(_config.Export()),
            "info" => call.Say(_config.Info(name, call.Host.Flavor)),
            "set" => Set(rest),
            "add" => Add(rest),
            "select" => Select(rest),
            "end" => End(),
            "remove" => Remove(rest),
            "delete" => Delete(),
            "commit" or "verify" or "exit" => 0,
            _ => call.Fail($"{word}: unknown command", 1),
        };
    }

    public int Commit()
    {
        if (_open is not null)
            return call.Fail("zonecfg: resource specification incomplete: 'end' is missing");
        var host = call.Host;
        var zone = host.Zones.GetValueOrDefault(name);
        if (_deleted)
        {
            if (zone is { State: not "configured" })
                return call.Fail($"zonecfg: Zone {name} is {zone.State}; must be uninstalled first: delete not allowed");
            host.Zones.Remove(name);
            return 0;
        }
        if (!_changed || _config is null)
            return 0;
        if (live)
            return zone!.State == "running" ? Live(zone) : call.Fail($"zonecfg: zone '{name}' is not running");
        if (_rename is not null && zone is { State: "running" })
            return call.Fail($"zonecfg: Zone {name} already running: set zonename not allowed");
        if (_rename is not null && host.Zones.ContainsKey(_rename))
            return call.Fail($"zonecfg: zone {_rename} already exists");
        if (zone is null)
            host.Zones[name] = new SimZone { Name = name, Config = _config };
        else
            zone.Config = _config;
        if (_rename is null || zone is null)
            return 0;
        // What lies under the old name stays there.
        zone.Config.Global["zonepath"] = zone.Path;
        host.Zones.Remove(name);
        zone.Name = _rename;
        host.Zones[_rename] = zone;
        return 0;
    }

    private int Live(SimZone zone)
    {
        foreach (var resource in _config!.Resources.Where(r => r.Type is "capped-memory" or "capped-cpu"))
            call.Say($"Checking: Modifying {resource.Type} {string.Join(' ', resource.Properties.Select(p => $"{p.Key}={p.Value}"))}\n");
        zone.Config = _config;
        return call.Say("Applying the changes\n");
    }

    private int Create()
    {
        if (call.Host.Zones.ContainsKey(name))
            return call.Fail($"{name}: zone already exists; delete it first");
        if (name.Length is 0 or > 64 || !char.IsAsciiLetterOrDigit(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') || name == "global")
            return call.Fail($"{name}: Invalid argument: bogus zone name");
        (_config, _changed) = (new SimConfig(), true);
        return 0;
    }

    private int Set(string assignment)
    {
        var at = assignment.IndexOf('=', StringComparison.Ordinal);
        if (at < 1)
            return call.Fail("syntax error: property name and value expected");
        var (property, value) = (assignment[..at].Trim(), assignment[(at + 1)..].Trim());
        if (value.Length > 1 && value[0] == '"' && value[^1] == '"')
            value = value[1..^1];
        else if (value.AsSpan().ContainsAny(Unquotable))
            return call.Fail($"syntax error near '{value}': Invalid argument");
        _changed = true;
        if (_open is null && property == "zonename")
            _rename = value;
        else
            (_open ?? _config!.Global)[property] = value;
        return 0;
    }

    private int Add(string rest)
    {
        _changed = true;
        if (_open is not null)
        {
            var at = rest.IndexOf(' ', StringComparison.Ordinal);
            _open.Properties.Add(KeyValuePair.Create(at < 0 ? rest : rest[..at], at < 0 ? "" : rest[(at + 1)..]));
            return 0;
        }
        if (rest is "capped-cpu" or "capped-memory" or "virtual-cpu" or "dedicated-cpu" && _config!.First(rest) is not null)
            return call.Fail($"zonecfg: a {rest} resource already exists");
        (_open, _adding) = (new SimResource(rest), true);
        return 0;
    }

    private int Select(string rest)
    {
        var words = rest.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        _open = _config!.Resources.Find(r => Fits(r, words));
        _adding = false;
        return _open is null ? call.Fail($"zonecfg: No such {words[0]} resource") : 0;
    }

    // 'attr name=x type=string'
    private static bool Fits(SimResource resource, string[] words) =>
        resource.Type == words[0] && words.Skip(1).All(w => w.IndexOf('=', StringComparison.Ordinal) is var at and > 0 && resource[w[..at]] == w[(at + 1)..]);

    private int End()
    {
        if (_open is null)
            return call.Fail("zonecfg: end: not in a resource");
        if (_adding)
            _config!.Resources.Add(_open);
        _open = null;
        return 0;
    }

    private int Remove(string rest)
    {
        var words = rest.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(w => !w.StartsWith('-')).ToArray();
        if (words.Length == 0 || _config!.Resources.RemoveAll(r => Fits(r, words)) == 0)
            return call.Fail($"zonecfg: No such {(words.Length == 0 ? "" : words[0])} resource");
        _changed = true;
        return 0;
    }

    private int Delete()
    {
        _deleted = true;
        return 0;
    }
}
