using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Anyvisor.Driver;
using Anyvisor.Drivers.SolarisZones.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.SolarisZones.Work;

/// <summary>The configuration of a zone that is to be made, as zonecfg's commands.</summary>
internal static class NewZone
{
    public static string DefaultBrand(HostFacts host) => host.Flavor switch
    {
        Flavor.Solaris10 => "native",
        Flavor.Solaris11 => "solaris",
        Flavor.OmniOs => "lipkg",
        _ => "ipkg",
    };

    public static List<string> Commands(HostFacts host, CreateGuest request, string brand, string? path, string taskId)
    {
        var kernelZone = brand == "solaris-kz";
        var commands = new List<string> { "create -b", $"set brand={brand}" };
        if (path is not null)
            commands.Add($"set zonepath={path}");
        commands.Add($"set autoboot={(request.Settings.GetValueOrDefault("autoboot") == "true" ? "true" : "false")}");
        if (host.Flavor != Flavor.Solaris10 && !kernelZone)
            commands.Add("set ip-type=exclusive");
        commands.AddRange(["add " + (kernelZone ? "virtual-cpu" : "capped-cpu"), $"set ncpus={request.Vcpus.ToString(CultureInfo.InvariantCulture)}", "end"]);
        commands.AddRange(["add capped-memory", $"set physical={ZoneSizes.Text(request.Memory)}", "end"]);
        if (kernelZone)
        {
            commands.AddRange(["add device", "set storage=dev:/dev/zvol/dsk/%{global-rootzpool}/VARSHARE/zones/%{zonename}/disk%{id}", "set bootpri=0", "set id=0", "end"]);
            commands.AddRange(["add suspend", "set path=/system/zones/%{zonename}/suspend", "end"]);
        }
        commands.AddRange(Nics(host, request, kernelZone, taskId));
        commands.AddRange(Mark(taskId));
        return commands;
    }

    public static IEnumerable<string> Mark(string taskId) =>
        ["add attr", $"set name={ZoneConfig.TaskMark}", "set type=string", $"set value={ZoneConfig.Quoted(taskId)}", "end"];

    /// <summary>
    /// A source's configuration for its clone: what can be one zone's alone (path, hardware and IP addresses, delegated
    /// datasets) is left out or made anew.
    /// </summary>
    public static (List<string> Commands, List<string> Left) Clone(HostFacts host, ZoneConfig source, string name, string? path, string taskId)
    {
        var left = new List<string>();
        var commands = new List<string> { "create -b" };
        foreach (var (property, value) in source.Properties)
            if (property == "zonepath" && path is not null)
                commands.Add($"set zonepath={path}");
            else if (property is not ("zonename" or "zonepath" or "hostid" or "uuid") && value.Length > 0)
                commands.Add($"set {property}={ZoneConfig.Quoted(value)}");
        var (count, macs) = (0, 0);
        foreach (var resource in source.Resources)
        {
            if (resource.Type == "attr" && resource["name"] == ZoneConfig.TaskMark)
                continue;
            if (resource.Type == "dataset" || resource.Type == "device" && resource["match"] is { } match && match.StartsWith("/dev/zvol/", StringComparison.Ordinal))
            {
                left.Add($"{resource.Type} {resource["name"] ?? resource["match"]}");
                continue;
            }
            commands.Add("add " + resource.Type);
            foreach (var (property, value) in resource.Properties)
                if (property is "mac-addr" or "mac-address" && value is not ("auto" or "random" or "default" or "factory"))
                    commands.Add($"set {property}={Mac(taskId, macs++)}");
                else if (property is "allowed-address" or "address" or "defrouter" && resource.Type is "net" or "anet")
                    left.Add($"{property} {value}");
                else if (property == "physical" && host.IsIllumos && resource["global-nic"] is not null)
                    commands.Add($"set physical={VnicName(name, count++)}");
                else if (value.StartsWith('(') || value.StartsWith('[') && property is "options")
                    commands.Add($"add {property} {value}");
                else
                    commands.Add($"set {property}={ZoneConfig.Quoted(value)}");
            commands.Add("end");
        }
        commands.AddRange(Mark(taskId));
        return (commands, left);
    }

    /// <summary>A zone's configuration as it is, for the global zone that it is brought to.</summary>
    public static List<string> Moved(ZoneConfig source, string taskId)
    {
        var commands = new List<string> { "create -b" };
        foreach (var (property, value) in source.Properties)
            if (property is not ("zonename" or "uuid") && value.Length > 0)
                commands.Add($"set {property}={ZoneConfig.Quoted(value)}");
        foreach (var resource in source.Resources)
        {
            if (resource.Type == "attr" && resource["name"] == ZoneConfig.TaskMark)
                continue;
            commands.Add("add " + resource.Type);
            foreach (var (property, value) in resource.Properties)
                commands.Add(value.StartsWith('(') || value.StartsWith('[') && property is "options" ? $"add {property} {value}" : $"set {property}={ZoneConfig.Quoted(value)}");
            commands.Add("end");
        }
        commands.AddRange(Mark(taskId));
        return commands;
    }

    private static IEnumerable<string> Nics(HostFacts host, CreateGuest request, bool kernelZone, string taskId)
    {
        var address = request.Settings.GetValueOrDefault("address");
        if (address is not null && !address.All(c => char.IsAsciiHexDigit(c) || c is '.' or ':' or '/'))
            throw new ProviderException(ProviderError.InvalidArgument, $"'{ZoneNames.Shown(address)}' is no IP address with its prefix length, as 192.0.2.7/24.");
        ImmutableArray<string> links = request.Networks.IsEmpty && host.Flavor == Flavor.Solaris11 ? ["auto"] : request.Networks;
        for (var i = 0; i < links.Length; i++)
        {
            var link = links[i];
            switch (host.Flavor)
            {
                case Flavor.Solaris11:
                    yield return "add anet";
                    if (!kernelZone)
                        yield return $"set linkname=net{i.ToString(CultureInfo.InvariantCulture)}";
                    yield return $"set lower-link={ZoneConfig.Quoted(link)}";
                    yield return $"set mac-address={Mac(taskId, i)}";
                    if (kernelZone)
                        yield return $"set id={i.ToString(CultureInfo.InvariantCulture)}";
                    break;
                case Flavor.Solaris10:
                    yield return "add net";
                    yield return $"set physical={ZoneConfig.Quoted(link)}";
                    yield return $"set address={address ?? throw new ProviderException(ProviderError.InvalidArgument, $"A zone of Solaris 10 on '{link}' shares the global zone's IP stack and needs its address: --set address=192.0.2.7/24.")}";
                    yield return "end";
                    continue;
                default:
                    yield return "add net";
                    yield return $"set physical={VnicName(request.Name, i)}";
                    yield return $"set global-nic={ZoneConfig.Quoted(link)}";
                    yield return $"set mac-addr={Mac(taskId, i)}";
                    break;
            }
            if (i == 0 && address is not null)
                yield return $"set allowed-address={address}";
            yield return "end";
        }
    }

    /// <summary>Of the prefix that Solaris gives to virtual nics, and the same for the same task.</summary>
    private static string Mac(string taskId, int number)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{taskId} {number.ToString(CultureInfo.InvariantCulture)}"));
        return $"2:8:20:{hash[0]:x}:{hash[1]:x}:{hash[2]:x}";
    }

    /// <summary>dladm takes 31 characters that end with a number: the same for the same zone.</summary>
    private static string VnicName(string zone, int number) =>
        $"z{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(zone)).AsSpan(0, 4))}_{number.ToString(CultureInfo.InvariantCulture)}";
}
