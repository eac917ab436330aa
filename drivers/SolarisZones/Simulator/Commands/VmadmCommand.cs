using System.Text.Json;
using System.Text.Json.Nodes;
using Anyvisor.Drivers.SolarisZones.Simulator.Estate;

namespace Anyvisor.Drivers.SolarisZones.Simulator.Commands;

/// <summary>vmadm(8).</summary>
internal static class VmadmCommand
{
    public static async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        if (call.Host.Flavor != SimFlavor.SmartOs)
            return call.Fail("sh: vmadm: not found", 127);
        return call.Words[1..] switch
        {
            ["lookup", .. var rest] => Lookup(call, rest),
            ["get", var uuid] => With(call, uuid, zone => call.Say(Json(zone).ToJsonString() + "\n")),
            ["start", var uuid, ..] => With(call, uuid, zone => Start(call, zone)),
            ["stop", var uuid, "-F"] => With(call, uuid, zone => Stop(call, zone)),
            ["stop", var uuid] => With(call, uuid, zone => zone.State == "running" ? 0 : call.Fail($"Unable to stop VM {uuid}: cannot stop a VM that is not running")) is var code and not 0 ? code : await ZoneadmCommand.EndAsync(call, uuid, false, cancellationToken).ConfigureAwait(false),
            ["reboot", var uuid, "-F"] => With(call, uuid, zone => zone.State == "running" ? 0 : call.Fail($"Unable to reboot VM {uuid}: not running")),
            ["reboot", var uuid] => await ZoneadmCommand.EndAsync(call, uuid, true, cancellationToken).ConfigureAwait(false),
            ["update", var uuid] => await UpdateAsync(call, uuid, cancellationToken).ConfigureAwait(false),
            ["update", var uuid, .. var changes] => With(call, uuid, zone => Update(call, zone, changes)),
            ["create", ..] => await CreateAsync(call, cancellationToken).ConfigureAwait(false),
            ["delete", var uuid] => With(call, uuid, zone => Delete(call, zone)),
            _ => call.Fail("vmadm: unknown command", 2),
        };
    }

    private static int Lookup(Call call, string[] words)
    {
        var at = Array.IndexOf(words, "-o");
        var fields = at >= 0 ? words[at + 1].Split(',') : null;
        var uuid = words.FirstOrDefault(word => word.StartsWith("uuid=", StringComparison.Ordinal))?[5..];
        lock (call.Host.Gate)
        {
            var text = new System.Text.StringBuilder("[");
            foreach (var zone in call.Host.Zones.Values.Where(z => uuid is null || z.Name == uuid))
            {
                var json = Json(zone);
                var shown = fields is null ? json : new JsonObject(fields.Where(json.ContainsKey).Select(f => KeyValuePair.Create(f, json[f]?.DeepClone())));
                text.Append(text.Length > 1 ? ",\n" : "\n").Append(shown.ToJsonString());
            }
            return call.Say(text.Append("\n]\n").ToString());
        }
    }

    private static JsonObject Json(SimZone zone)
    {
        var json = (JsonObject)zone.Vm!.DeepClone();
        json["state"] = zone.State switch { "installed" => "stopped", "shutting_down" => "stopping", var same => same };
        json["zone_state"] = zone.State;
        json["zonepath"] = zone.Path;
        return json;
    }

    private static int Start(Call call, SimZone zone)
    {
        if (zone.State != "installed")
            return call.Fail($"VM {zone.Name} is already '{zone.State}'");
        (zone.State, zone.Id) = ("running", call.Host.NextZoneId());
        return call.Say($"Successfully started VM {zone.Name}\n");
    }

    private static int Stop(Call call, SimZone zone)
    {
        if (zone.State != "running")
            return call.Fail($"Unable to stop VM {zone.Name}: cannot stop a VM that is not running");
        ZoneadmCommand.Halted(zone);
        return call.Say($"Successfully completed stop for VM {zone.Name}\n");
    }

    private static int Update(Call call, SimZone zone, string[] changes)
    {
        foreach (var change in changes)
        {
            var at = change.IndexOf('=', StringComparison.Ordinal);
            if (at < 1)
                return call.Fail($"vmadm: bad argument: {change}", 2);
            zone.Vm![change[..at]] = long.TryParse(change.AsSpan(at + 1), out var number) ? JsonValue.Create(number) : JsonValue.Create(change[(at + 1)..]);
        }
        return call.Say($"Successfully updated VM {zone.Name}\n");
    }

    private static async Task<int> UpdateAsync(Call call, string uuid, CancellationToken cancellationToken)
    {
        JsonObject payload;
        try
        {
            payload = JsonNode.Parse(await call.Io.In.ReadAllAsync(cancellationToken).ConfigureAwait(false)) as JsonObject ?? throw new JsonException("no object");
        }
        catch (JsonException e)
        {
            return call.Fail($"Invalid JSON payload: {e.Message}: invalid argument");
        }
        return With(call, uuid, zone =>
        {
            var tags = zone.Vm!["tags"] as JsonObject ?? [];
            zone.Vm["tags"] = tags;
            foreach (var gone in (payload["remove_tags"] as JsonArray ?? []).Select(key => key!.GetValue<string>()))
                tags.Remove(gone);
            foreach (var (key, value) in payload["set_tags"] as JsonObject ?? [])
                tags[key] = value?.DeepClone();
            return call.Say($"Successfully updated VM {zone.Name}\n");
        });
    }

    private static int Delete(Call call, SimZone zone)
    {
        call.Host.Zones.Remove(zone.Name);
        if (call.Host.Mounts.TryGetValue(zone.Path, out var dataset))
            call.Host.RemoveDataset(dataset);
        return call.Say($"Successfully deleted VM {zone.Name}\n");
    }

    private static async Task<int> CreateAsync(Call call, CancellationToken cancellationToken)
    {
        JsonObject payload;
        try
        {
            payload = JsonNode.Parse(await call.Io.In.ReadAllAsync(cancellationToken).ConfigureAwait(false)) as JsonObject ?? throw new JsonException("no object");
        }
        catch (JsonException e)
        {
            return call.Fail($"Invalid JSON payload: {e.Message}: invalid argument");
        }
        var uuid = payload["uuid"]?.GetValue<string>() ?? Guid.NewGuid().ToString("D");
        lock (call.Host.Gate)
        {
            if (call.Host.Zones.ContainsKey(uuid))
                return call.Fail($"Invalid value(s) for: uuid: {uuid} already exists");
            payload["uuid"] = uuid;
            payload["zonename"] = uuid;
            payload["create_timestamp"] = call.Host.Time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
            call.Host.Zones[uuid] = EstateMaker.VmZone(uuid, payload, "provisioning");
        }
        await Task.Delay(call.Host.Install, call.Host.Time, cancellationToken).ConfigureAwait(false);
        lock (call.Host.Gate)
            if (call.Host.Zones.TryGetValue(uuid, out var zone))
            {
                zone.State = payload["autoboot"]?.GetValue<bool>() == true ? "running" : "installed";
                call.Host.AddDataset($"{call.Host.Pool}/{uuid}", zone.Path);
            }
        call.Io.Error($"Successfully created VM {uuid}\n");
        return 0;
    }

    private static int With(Call call, string uuid, Func<SimZone, int> run)
    {
        lock (call.Host.Gate)
            return call.Host.Zones.TryGetValue(uuid, out var zone) ? run(zone) : call.Fail($"Unable to find VM: no such vm: {uuid}");
    }
}
