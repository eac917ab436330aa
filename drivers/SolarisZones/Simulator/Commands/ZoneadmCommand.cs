using System.Globalization;
using System.Text;
using Anyvisor.Drivers.SolarisZones.Simulator.Estate;

namespace Anyvisor.Drivers.SolarisZones.Simulator.Commands;

/// <summary>zoneadm(8).</summary>
internal static class ZoneadmCommand
{
    public static async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var words = call.Words;
        if (words.Length < 2)
            return call.Fail("usage: zoneadm help", 2);
        if (words[1] == "list")
            return List(call, null, words[2..]);
        if (words[1] != "-z" || words.Length < 4)
            return call.Fail("zoneadm: usage: zoneadm [-z zone] subcommand", 2);
        var (name, verb, options) = (words[2], words[3], words[4..]);
        if (verb == "list")
            return List(call, name, options);
        return verb switch
        {
            "boot" => Boot(call, name),
            "halt" => Change(call, name, zone => zone.State is "running" or "ready" or "shutting_down" or "down" ? null : "must be running to be halted", Halted),
            "reboot" => Change(call, name, zone => zone.State == "running" ? null : "is not running", zone => zone.Id = call.Host.NextZoneId()),
            "suspend" => Suspend(call, name),
            "ready" => Change(call, name, zone => zone.State == "installed" ? null : "must be installed before a ready", zone => zone.State = "ready"),
            "verify" => Change(call, name, _ => null, _ => { }),
            "shutdown" => await ShutdownAsync(call, name, options.Contains("-r"), cancellationToken).ConfigureAwait(false),
            "install" => await FillAsync(call, name, "install", call.Host.Install, cancellationToken).ConfigureAwait(false),
            "attach" => await FillAsync(call, name, "attach", call.Host.Install / 4, cancellationToken).ConfigureAwait(false),
            "clone" => await CloneAsync(call, name, options, cancellationToken).ConfigureAwait(false),
            "uninstall" => await UninstallAsync(call, name, options, cancellationToken).ConfigureAwait(false),
            "detach" => Change(call, name, zone => zone.State == "installed" ? null : "must be installed before a detach", zone => zone.State = "configured"),
            _ => call.Fail($"zoneadm: {verb}: Unknown subcommand", 2),
        };
    }

    /// <summary>Ends what a zone runs, under the gate.</summary>
    public static void Halted(SimZone zone)
    {
        zone.State = "installed";
        zone.Id = null;
    }

    private static int List(Call call, string? name, string[] options)
    {
        var flags = string.Concat(options.Where(o => o.StartsWith('-')).Select(o => o[1..]));
        var host = call.Host;
        var text = new StringBuilder();
        lock (host.Gate)
        {
            if (name is not null && name != "global" && !host.Zones.ContainsKey(name))
                return call.Fail($"zoneadm: zone '{name}': No such zone configured");
            if (flags.Contains('s'))
            {
                if (host.Flavor != SimFlavor.Solaris11)
                    return call.Fail("zoneadm: illegal option -- s", 2);
                text.Append("NAME             STATUS           AUXILIARY STATE\n");
                if (name is null)
                    text.Append("global           running          -\n");
                foreach (var zone in Chosen(host, name, flags))
                    text.Append(CultureInfo.InvariantCulture, $"{zone.Name,-16} {zone.State,-16} {(zone.Auxiliary.Count == 0 ? "-" : string.Join(' ', zone.Auxiliary))}\n");
                return call.Say(text.ToString());
            }
            if (name is null or "global")
                text.Append(flags.Contains('p') ? Global(host.Flavor) : "global\n");
            foreach (var zone in Chosen(host, name, flags))
                Line(text, host.Flavor, zone, flags.Contains('p'));
        }
        return call.Say(text.ToString());
    }

    private static IEnumerable<SimZone> Chosen(SimHost host, string? name, string flags) =>
        name is not null ? host.Zones.Where(z => z.Key == name).Select(z => z.Value)
        : host.Zones.Values.Where(z => flags.Contains('c') || z.Id is not null || flags.Contains('i') && z.State is not "configured");

    private static string Global(SimFlavor flavor) => flavor switch
    {
        SimFlavor.Solaris10 => "0:global:running:/::native:shared\n",
        SimFlavor.Solaris11 => "0:global:running:/::solaris:shared:-::\n",
        SimFlavor.OmniOs => "0:global:running:/::ipkg:shared:0\n",
        _ => "0:global:running:/::liveimg:shared:0\n",
    };

    private static void Line(StringBuilder text, SimFlavor flavor, SimZone zone, bool parseable)
    {
        if (!parseable)
        {
            text.Append(zone.Name).Append('\n');
            return;
        }
        text.Append(zone.Id?.ToString(CultureInfo.InvariantCulture) ?? "-").Append(':').Append(zone.Name).Append(':').Append(zone.State).Append(':')
            .Append(zone.Path.Replace(":", "\\:", StringComparison.Ordinal)).Append(':').Append(zone.Uuid).Append(':').Append(zone.Brand).Append(':').Append(zone.Exclusive ? "excl" : "shared");
        text.Append(flavor switch
        {
            SimFlavor.Solaris11 => zone.Brand == "solaris-kz" ? ":R:solaris-kz:" : ":-::",
            SimFlavor.Solaris10 => "",
            _ => $":{zone.Id ?? 0}",
        }).Append('\n');
    }

    private static int Boot(Call call, string name) => Change(
        call, name,
        zone => zone.State switch { "installed" or "ready" => null, "running" => "zone is already booted", _ => "must be installed before a boot" },
        zone =>
        {
            zone.State = "running";
            zone.Id = call.Host.NextZoneId();
            zone.Auxiliary.Remove("suspended");
        });

    private static int Suspend(Call call, string name) => Change(
        call, name,
        zone => zone.Brand != "solaris-kz" ? "suspend: operation not supported for this brand" : zone.State != "running" ? "is not running" : zone.Config.First("suspend") is null ? "suspend: no suspend resource configured: operation not supported" : null,
        zone =>
        {
            Halted(zone);
            zone.Auxiliary.Add("suspended");
        });

    private static async Task<int> ShutdownAsync(Call call, string name, bool restart, CancellationToken cancellationToken)
    {
        if (call.Host.Flavor == SimFlavor.Solaris10)
            return call.Fail("zoneadm: shutdown: Unknown subcommand", 2);
        return await EndAsync(call, name, restart, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets a zone's operating system end, as its own shutdown does.</summary>
    public static async Task<int> EndAsync(Call call, string name, bool restart, CancellationToken cancellationToken)
    {
        var begun = Change(call, name, zone => zone.State == "running" ? null : "is not running", zone => zone.State = "shutting_down");
        if (begun != 0)
            return begun;
        await Task.Delay(call.Host.Install / 2, call.Host.Time, cancellationToken).ConfigureAwait(false);
        lock (call.Host.Gate)
            if (call.Host.Zones.TryGetValue(name, out var zone) && zone.State == "shutting_down")
            {
                Halted(zone);
                if (restart)
                    (zone.State, zone.Id) = ("running", call.Host.NextZoneId());
            }
        return 0;
    }

    private static async Task<int> FillAsync(Call call, string name, string verb, TimeSpan takes, CancellationToken cancellationToken)
    {
        var attach = verb == "attach";
        var begun = Change(
            call, name,
            zone => zone.State != "configured" ? $"must be configured before {verb}; it is already {zone.State}" : attach && !call.Host.Mounts.ContainsKey(zone.Path) ? $"{zone.Path}: no such file or directory" : null,
            zone =>
            {
                zone.State = "incomplete";
                zone.Busy = verb;
            });
        if (begun != 0)
            return begun;
        call.Say($"The following ZFS file system(s) have been created:\n    {call.Host.Pool}/VARSHARE/zones/{name}\nProgress being logged to /var/log/zones/zoneadm.20240101T000000Z.{name}.{verb}\n       Image: Preparing at /system/zones/{name}/root.\n");
        for (var share = 0; share < 4; share++)
        {
            await Task.Delay(takes / 4, call.Host.Time, cancellationToken).ConfigureAwait(false);
            call.Say(string.Create(CultureInfo.InvariantCulture, $"        Download: {share * 15083,5}/60332 items  {share * 123.1:F1}/492.6MB  {share * 25}% complete (2.1M/s)\n"));
        }
        Filled(call, name);
        return call.Say("        Done: Installation completed in 12.5 seconds.\n");
    }

    private static async Task<int> CloneAsync(Call call, string name, string[] options, CancellationToken cancellationToken)
    {
        var source = options.Length > 0 ? options[^1] : "";
        lock (call.Host.Gate)
            if (!call.Host.Zones.TryGetValue(source, out var from))
                return call.Fail($"zoneadm: zone '{source}': No such zone configured");
            else if (from.State != "installed")
                return call.Fail($"zoneadm: zone '{source}': must be halted before it is cloned");
        return await FillAsync(call, name, "clone", call.Host.Install / 4, cancellationToken).ConfigureAwait(false);
    }

    private static void Filled(Call call, string name)
    {
        lock (call.Host.Gate)
        {
            if (!call.Host.Zones.TryGetValue(name, out var zone))
                return;
            zone.State = "installed";
            zone.Busy = null;
            if (zone.Uuid.Length == 0)
                zone.Uuid = Guid.NewGuid().ToString("D");
            if (!call.Host.Mounts.ContainsKey(zone.Path))
                call.Host.AddDataset(EstateMaker.DatasetOf(call.Host, zone), zone.Path);
        }
    }

    private static async Task<int> UninstallAsync(Call call, string name, string[] options, CancellationToken cancellationToken)
    {
        if (!options.Contains("-F"))
            return call.Fail("Are you sure you want to uninstall zone (y/[n])? zoneadm: Input not from terminal and -F not specified: uninstall not performed");
        var begun = Change(call, name, zone => zone.State is "installed" or "incomplete" ? null : zone.State == "configured" ? "must be installed or incomplete before an uninstall" : "must be halted before an uninstall", zone => zone.Busy = "uninstall");
        if (begun != 0)
            return begun;
        await Task.Delay(call.Host.Install / 8, call.Host.Time, cancellationToken).ConfigureAwait(false);
        lock (call.Host.Gate)
            if (call.Host.Zones.TryGetValue(name, out var zone))
            {
                (zone.State, zone.Busy) = ("configured", null);
                if (call.Host.Mounts.TryGetValue(zone.Path, out var dataset))
                    call.Host.RemoveDataset(dataset);
            }
        return 0;
    }

    private static int Change(Call call, string name, Func<SimZone, string?> objection, Action<SimZone> change)
    {
        lock (call.Host.Gate)
        {
            if (!call.Host.Zones.TryGetValue(name, out var zone))
                return call.Fail($"zoneadm: zone '{name}': No such zone configured");
            if (zone.Busy is { } busy)
                return call.Fail($"zoneadm: zone '{name}': zone is currently being {busy}ed by another zoneadm: busy");
            if (objection(zone) is { } why)
                return call.Fail($"zoneadm: zone '{name}': {why}");
            change(zone);
            return 0;
        }
    }
}

/// <summary>zlogin(1): shutdown of what is in a zone, and its console.</summary>
internal static class ZloginCommand
{
    public static async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var words = call.Words.Skip(1).ToArray();
        if (words.Contains("-C"))
            return await ConsoleAsync(call, words[^1], cancellationToken).ConfigureAwait(false);
        if (words.Length < 2)
            return call.Fail("usage: zlogin zonename command", 2);
        if (!words.Skip(1).Any(word => word.EndsWith("shutdown", StringComparison.Ordinal)))
            return call.Fail("zlogin: this command is not simulated", 2);
        lock (call.Host.Gate)
            if (!call.Host.Zones.TryGetValue(words[0], out var zone))
                return call.Fail($"zlogin: zone '{words[0]}' unknown: no such zone");
            else if (zone.State != "running")
                return call.Fail($"zlogin: login allowed only to running zones ({words[0]} is '{zone.State}'; must be running)");
        _ = call.Host.Spawn(token => ZoneadmCommand.EndAsync(call with { Io = call.Io with { Out = _ => { }, Error = _ => { } } }, words[0], words.Contains("-i6"), token));
        return 0;
    }

    private static async Task<int> ConsoleAsync(Call call, string name, CancellationToken cancellationToken)
    {
        if (!call.Io.Terminal)
            return call.Fail("zlogin: a terminal is needed");
        call.Say($"[Connected to zone '{name}' console]\r\n\r\n{name} console login: ");
        while (await call.Io.In.ReadSomeAsync(cancellationToken).ConfigureAwait(false) is { } typed)
            call.Say(typed.Replace("\r", $"\r\n{name} console login: ", StringComparison.Ordinal));
        return 0;
    }
}
