using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Anyvisor.Drivers.SolarisZones.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.SolarisZones.Inventory;

/// <summary>What a zone's configuration says of it, in our words; from whichever way it was read.</summary>
internal sealed record ZoneShape
{
    /// <summary>As people call it.</summary>
    public required string Title { get; init; }
    public int Vcpus { get; init; }
    public Entitlement? Entitlement { get; init; }

    /// <summary>Bytes; 0 where the zone has no bound of its own.</summary>
    public long Memory { get; init; }
    public ImmutableArray<Disk> Disks { get; init; } = [];
    public ImmutableArray<Nic> Nics { get; init; } = [];
    public ImmutableArray<string> Images { get; init; } = [];
    public ImmutableDictionary<string, string> Tags { get; init; } = ImmutableDictionary<string, string>.Empty;
    public string? Description { get; init; }
    public DateTime? CreatedAt { get; init; }

    /// <summary>The task of ours that made it.</summary>
    public string? Task { get; init; }

    /// <summary>It says where its memory can be put (solaris-kz).</summary>
    public bool CanSuspend { get; init; }

    /// <summary>UTF-8 JSON: everything.</summary>
    public ReadOnlyMemory<byte> Native { get; init; }

    public static ZoneShape Of(ZoneLine zone, ZoneConfig config)
    {
        var cpus = ZoneSizes.Cpus(config.First("virtual-cpu")?["ncpus"]) ?? ZoneSizes.Cpus(config.Attribute("vcpus"));
        var dedicated = ZoneSizes.Cpus(config.First("dedicated-cpu")?["ncpus"]);
        var cap = ZoneSizes.Cpus(config.First("capped-cpu")?["ncpus"]) ?? (Rctl(config, "zone.cpu-cap") is { } percent ? percent / 100m : null);
        var shares = Rctl(config, "zone.cpu-shares");
        return new ZoneShape
        {
            Title = zone.Name,
            Vcpus = (int)Math.Ceiling(cpus ?? dedicated ?? cap ?? 0),
            Entitlement = cap is null && dedicated is null && shares is null
                ? null
                : new Entitlement
                {
                    Units = dedicated ?? cap,
                    Capped = dedicated is null ? cap is not null : null,
                    Weight = shares is { } weight and <= int.MaxValue ? (int)weight : null,
                    Mode = dedicated is null ? EntitlementMode.Shared : EntitlementMode.Dedicated,
                },
            Memory = ZoneSizes.Bytes(config.First("capped-memory")?["physical"]) ?? ZoneSizes.Bytes(config.Attribute("ram") is { } ram ? Megabytes(ram) : null) ?? Rctl(config, "zone.max-physical-memory") ?? 0,
            Disks = [.. DisksOf(zone, config)],
            Nics = [.. config.Resources.Where(r => r.Type is "net" or "anet").Select(NicOf)],
            Tags = ZoneTags.Of(config),
            Description = config.Attribute("description") ?? config.Attribute("comment"),
            CreatedAt = DateTime.TryParse(config.Attribute("create-timestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var created) ? created : null,
            Task = config.Attribute(ZoneConfig.TaskMark),
            CanSuspend = config.First("suspend") is not null,
            Native = NativeOf(zone, config),
        };
    }

    // 'value' is '(priv=privileged,limit=800,action=deny)'.
    private static long? Rctl(ZoneConfig config, string name)
    {
        var value = config.Of("rctl").FirstOrDefault(r => r["name"] == name)?["value"];
        var at = value?.IndexOf("limit=", StringComparison.Ordinal) ?? -1;
        if (at < 0)
            return null;
        var digits = value!.AsSpan(at + 6);
        var end = digits.IndexOfAnyExceptInRange('0', '9');
        return long.TryParse(end < 0 ? digits : digits[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : null;
    }

    // A bare number is megabytes there.
    private static string Megabytes(string ram) => ram.All(char.IsAsciiDigit) ? ram + "M" : ram;

    private static Nic NicOf(ZoneResource net)
    {
        var addresses = net["allowed-address"] ?? net["address"];
        return new Nic
        {
            Mac = MacOf(net["mac-address"] ?? net["mac-addr"]),
            Network = net["lower-link"] ?? (net["global-nic"] is { } link and not "auto" ? link : null) ?? net["physical"] ?? net["linkname"],
            Model = net.Type,
            Addresses = addresses is null ? [] : [.. addresses.Trim('[', ']').Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(a => a.Split('/')[0])],
        };
    }

    /// <summary>Solaris writes no leading zeros: <c>2:8:20:1:39:4e</c>.</summary>
    public static MacAddress? MacOf(string? text)
    {
        var parts = text?.Split(':');
        return parts is { Length: 6 } && parts.All(p => p.Length is 1 or 2) && MacAddress.TryParse(string.Concat(parts.Select(p => p.PadLeft(2, '0'))), out var mac) ? mac : null;
    }

    private static IEnumerable<Disk> DisksOf(ZoneLine zone, ZoneConfig config)
    {
        var boot = config.Attribute("bootdisk");
        if (boot is not null)
            yield return new Disk { Name = "bootdisk", Source = boot, Format = "zvol" };
        foreach (var attr in config.Of("attr"))
            if (attr["name"] is { } name && name.StartsWith("disk", StringComparison.Ordinal) && name.AsSpan(4).IndexOfAnyExceptInRange('0', '9') < 0 && attr["value"] is { } path)
                yield return new Disk { Name = name, Source = path, Format = "zvol" };
            else if (attr["name"] is { } cd && cd.StartsWith("cdrom", StringComparison.Ordinal) && attr["value"] is { } iso)
                yield return new Disk { Name = cd, Device = "cdrom", Source = iso, ReadOnly = true };
        var count = 0;
        foreach (var device in config.Of("device"))
            if (device["storage"] is { } storage)
                yield return new Disk { Name = $"disk{device["id"] ?? count++.ToString(CultureInfo.InvariantCulture)}", Source = storage };
            else if (boot is null && device["match"] is { } match && match.StartsWith("/dev/zvol/", StringComparison.Ordinal))
                yield return new Disk { Name = match[(match.LastIndexOf('/') + 1)..], Source = match, Format = "zvol" };
        if (config.First("rootzpool")?["storage"] is { } root)
            yield return new Disk { Name = "rootzpool", Source = root };
        else if (Mapping.BrandOf(zone.Brand).Virtualization == Virtualization.OsLevel && zone.Path.Length > 1)
            yield return new Disk { Name = "root", Source = zone.Path, Format = "zfs" };
        foreach (var dataset in config.Of("dataset"))
            if (dataset["name"] is { } name)
                yield return new Disk { Name = dataset["alias"] ?? name, Source = name, Format = "zfs" };
    }

    private static ReadOnlyMemory<byte> NativeOf(ZoneLine zone, ZoneConfig config)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(bytes);
        json.WriteStartObject();
        json.WriteString("zonename", zone.Name);
        json.WriteString("zonepath", zone.Path);
        json.WriteString("brand", zone.Brand);
        json.WriteString("ip-type", zone.IpType);
        if (zone.Uuid is { } uuid)
            json.WriteString("uuid", uuid);
        Write(json, [.. config.Properties.Where(p => p.Key is not ("zonename" or "zonepath" or "brand" or "ip-type" or "uuid"))]);
        foreach (var group in config.Resources.GroupBy(r => r.Type, StringComparer.Ordinal))
        {
            json.WriteStartArray("resource " + group.Key);
            foreach (var resource in group)
            {
                json.WriteStartObject();
                Write(json, resource.Properties);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, ImmutableArray<KeyValuePair<string, string>> properties)
    {
        foreach (var group in properties.GroupBy(p => p.Key, StringComparer.Ordinal))
            if (group.Count() == 1)
                json.WriteString(group.Key, group.First().Value);
            else
            {
                json.WriteStartArray(group.Key);
                foreach (var (_, value) in group)
                    json.WriteStringValue(value);
                json.WriteEndArray();
            }
    }
}
