using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Anyvisor.Driver;
using Anyvisor.Drivers.SolarisZones.Inventory;
using Anyvisor.Drivers.SolarisZones.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.SolarisZones.Vm;

/// <summary>Reads the objects of vmadm(8) and imgadm(8).</summary>
internal static class VmJson
{
    /// <summary>In internal_metadata: the id of the task that made the zone.</summary>
    public const string TaskMark = "anyvisor-task";

    private static readonly JsonDocumentOptions Bounds = new() { MaxDepth = 32 };

    /// <exception cref="ProviderException">It is no array of objects, or was cut off.</exception>
    public static List<JsonElement> Objects(string text, string doing)
    {
        try
        {
            using var document = JsonDocument.Parse(text.AsMemory(), Bounds);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object)
                return [root.Clone()];
            if (root.ValueKind == JsonValueKind.Array && root.EnumerateArray().All(e => e.ValueKind == JsonValueKind.Object))
                return [.. root.EnumerateArray().Select(e => e.Clone())];
            throw new ProviderException(ProviderError.ProtocolViolation, $"Could not {doing}: the answer is no list of objects.");
        }
        catch (JsonException e)
        {
            throw new ProviderException(ProviderError.ProtocolViolation, $"Could not {doing}: the answer is no JSON: {e.Message}", e);
        }
    }

    public static ZoneLine Line(JsonElement vm)
    {
        var uuid = Text(vm, "uuid") ?? Text(vm, "zonename");
        if (!Guid.TryParseExact(uuid, "D", out var id))
            throw new ProviderException(ProviderError.ProtocolViolation, $"A zone's uuid is none: '{ZoneNames.Shown(uuid ?? "")}'.");
        // vmadm's state says more than the zone's: a zone that is 'running' may be 'provisioning'.
        return new ZoneLine(uuid!, Text(vm, "state") ?? Text(vm, "zone_state") ?? "", Text(vm, "zonepath") ?? "", id, Text(vm, "brand") ?? "", "excl", []);
    }

    public static ZoneShape Shape(JsonElement vm)
    {
        var cap = Number(vm, "cpu_cap") is { } percent and > 0 ? percent / 100m : (decimal?)null;
        var shares = Number(vm, "cpu_shares");
        var title = Text(vm, "alias") is { Length: > 0 } alias ? alias : Text(vm, "hostname") is { Length: > 0 } host ? host : Text(vm, "uuid") ?? Text(vm, "zonename") ?? "?";
        return new ZoneShape
        {
            Title = title,
            Vcpus = (int)Math.Clamp(Math.Ceiling(Number(vm, "vcpus") ?? cap ?? 0), 0, 1_000_000),
            Entitlement = cap is null && shares is null
                ? null
                : new Entitlement { Units = cap, Capped = cap is not null, Weight = shares is > 0 and <= int.MaxValue ? (int)shares : null, Mode = EntitlementMode.Shared },
            Memory = (long)Math.Clamp(Number(vm, "ram") ?? Number(vm, "max_physical_memory") ?? 0, 0, 1L << 40) << 20,
            Disks = [.. Items(vm, "disks").Select(DiskOf), .. Root(vm), .. Strings(vm, "datasets").Select(name => new Disk { Name = name, Source = name, Format = "zfs" })],
            Nics = [.. Items(vm, "nics").Select(NicOf)],
            Images = [.. new[] { Text(vm, "image_uuid") }.Concat(Items(vm, "disks").Select(d => Text(d, "image_uuid"))).OfType<string>().Distinct(StringComparer.Ordinal)],
            Tags = Tags(vm),
            CreatedAt = DateTime.TryParse(Text(vm, "create_timestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var created) ? created : null,
            Task = vm.TryGetProperty("internal_metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object ? Text(metadata, TaskMark) : null,
            Native = Native(vm),
        };
    }

    public static VmImage? Image(JsonElement image)
    {
        var manifest = image.TryGetProperty("manifest", out var inner) && inner.ValueKind == JsonValueKind.Object ? inner : image;
        if (Text(manifest, "uuid") is not { Length: > 0 } uuid)
            return null;
        var size = Number(manifest, "image_size") is { } megabytes ? Bytes(megabytes, 1 << 20) : Items(manifest, "files").Select(f => Number(f, "size")).FirstOrDefault() is { } bytes ? Bytes(bytes, 1) : null;
        return new VmImage(uuid, Text(manifest, "name") ?? uuid, Text(manifest, "version") ?? "", Text(manifest, "os") ?? "", Text(manifest, "type") ?? "", size);
    }

    public static string? Text(JsonElement e, string name) => e.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>As a number or as its text, both of which are said.</summary>
    /// <summary>Null where no disk is as large.</summary>
    private static long? Bytes(decimal number, long unit) => number is >= 0 and < 1L << 40 ? (long)(number * unit) : null;

    public static decimal? Number(JsonElement e, string name) =>
        !e.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.Number ? value.TryGetDecimal(out var number) ? number : null
        : value.ValueKind == JsonValueKind.String && decimal.TryParse(value.GetString(), NumberStyles.Number, CultureInfo.InvariantCulture, out var text) ? text
        : null;

    public static IEnumerable<JsonElement> Items(JsonElement e, string name) =>
        e.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object) : [];

    private static IEnumerable<string> Strings(JsonElement e, string name) =>
        e.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!) : [];

    private static IEnumerable<Disk> Root(JsonElement vm)
    {
        if (Mapping.BrandOf(Text(vm, "brand")).Virtualization == Virtualization.OsLevel && Text(vm, "zonepath") is { } path)
            yield return new Disk { Name = "root", Source = path, Format = "zfs", Capacity = Number(vm, "quota") is { } quota and > 0 and < 1 << 20 ? (long)quota << 30 : null, Datastore = Text(vm, "zpool") };
    }

    private static Disk DiskOf(JsonElement disk) => new()
    {
        Name = Text(disk, "path") is { } path ? path[(path.LastIndexOf('/') + 1)..] : Text(disk, "uuid") ?? "disk",
        Device = Text(disk, "media") is "cdrom" ? "cdrom" : "disk",
        Bus = Text(disk, "model"),
        Format = "zvol",
        Capacity = (Number(disk, "size") ?? Number(disk, "image_size")) is { } size and > 0 and < 1L << 40 ? (long)size << 20 : null,
        Source = Text(disk, "path"),
        Datastore = Text(disk, "zpool"),
    };

    private static Nic NicOf(JsonElement nic) => new()
    {
        Mac = ZoneShape.MacOf(Text(nic, "mac")),
        Network = Text(nic, "nic_tag"),
        Model = Text(nic, "model"),
        Addresses = [.. Strings(nic, "ips").Append(Text(nic, "ip")).Concat(Strings(nic, "allowed_ips")).OfType<string>().Select(ip => ip.Split('/')[0]).Where(ip => ip is not ("dhcp" or "addrconf")).Distinct(StringComparer.Ordinal)],
    };

    /// <summary>What <c>vmadm update</c> reads.</summary>
    public static string TagUpdate(ImmutableDictionary<string, string> set, IReadOnlyCollection<string> remove)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteStartObject("set_tags");
            foreach (var (key, value) in set.OrderBy(tag => tag.Key, StringComparer.Ordinal))
                json.WriteString(key, value);
            json.WriteEndObject();
            json.WriteStartArray("remove_tags");
            foreach (var key in remove)
                json.WriteStringValue(key);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static ImmutableDictionary<string, string> Tags(JsonElement vm)
    {
        if (!vm.TryGetProperty("tags", out var tags) || tags.ValueKind != JsonValueKind.Object)
            return ImmutableDictionary<string, string>.Empty;
        var all = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var tag in tags.EnumerateObject())
            all[tag.Name] = tag.Value.ValueKind == JsonValueKind.String ? tag.Value.GetString()! : tag.Value.GetRawText();
        return all.ToImmutable();
    }

    // Metadata holds passwords and keys (root_pw, root_authorized_keys, user-data): of it the names alone are shown.
    private static ReadOnlyMemory<byte> Native(JsonElement vm)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(bytes);
        json.WriteStartObject();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in vm.EnumerateObject())
        {
            if (!names.Add(property.Name))
                continue;
            json.WritePropertyName(property.Name);
            if (property.Name.EndsWith("metadata", StringComparison.Ordinal) && property.Value.ValueKind == JsonValueKind.Object)
            {
                json.WriteStartArray();
                foreach (var entry in property.Value.EnumerateObject())
                    json.WriteStringValue(entry.Name);
                json.WriteEndArray();
            }
            else if (property.Name.Contains("password", StringComparison.Ordinal))
                json.WriteStringValue("***");
            else
                property.Value.WriteTo(json);
        }
        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenMemory;
    }
}
