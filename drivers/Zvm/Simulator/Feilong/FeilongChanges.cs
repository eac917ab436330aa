using System.Globalization;
using System.Text.Json;
using Anyvisor.Drivers.Zvm.Simulator.Estate;

namespace Anyvisor.Drivers.Zvm.Simulator.Feilong;

/// <summary>What the connector does.</summary>
internal sealed class FeilongChanges(ZvmEstate estate)
{
    internal Action<Utf8JsonWriter>? Do(int member, string method, string[] path, JsonElement body) => estate.Locked(_ => (method, path) switch
    {
        ("POST", ["guests"]) => Create(member, Part(body, "guest")),
        ("DELETE", ["guests", var user]) => Delete(member, user),
        ("POST", ["guests", var user, "action"]) => Act(member, user, body),
        ("POST", ["guests", var user, "nic"]) => MakeNic(Registered(member, user), Part(body, "nic")),
        ("PUT", ["guests", var user, "nic", var vdev]) => Couple(Registered(member, user), vdev, Part(body, "info")),
        ("PUT", ["vswitches", var name]) => Grant(name, Part(body, "vswitch")),
        ("DELETE", ["images", var image]) => estate.Images.Remove(image) ? null : throw FeilongPages.NoImage(image),
        _ => throw new FeilongFault(404, 404, 120, 404, 1, "The resource could not be found."),
    });

    private SimUser Registered(int member, string user) =>
        estate.Find(user) is { } known && known.RegisteredOn == member ? known : throw FeilongFault.NoGuest(user);

    private Action<Utf8JsonWriter> Create(int member, JsonElement guest)
    {
        var id = Text(guest, "userid")?.ToUpperInvariant() ?? throw FeilongFault.Invalid("'userid' is a required property");
        if (id.Length is 0 or > 8 || !id.All(char.IsAsciiLetterOrDigit))
            throw FeilongFault.Invalid($"Invalid input for field/attribute userid. Value: {id}. '{id}' does not match '^[a-zA-Z0-9]{{1,8}}$'");
        var vcpus = Number(guest, "vcpus") ?? throw FeilongFault.Invalid("'vcpus' is a required property");
        var memory = Number(guest, "memory") ?? throw FeilongFault.Invalid("'memory' is a required property");
        if (estate.Find(id) is not null)
            throw new FeilongFault(500, 300, 1, 400, 8, $"Failed to create guest {id}: Image {id} already defined");
        var lines = new List<string>();
        if (guest.TryGetProperty("comments", out var comments))
            lines.AddRange(comments.EnumerateArray().Select(comment => "* " + comment.GetString()));
        var vdev = 0x100;
        var made = new List<(string Vdev, string Size)>();
        if (guest.TryGetProperty("disk_list", out var disks))
            foreach (var disk in disks.EnumerateArray())
            {
                var size = Text(disk, "size") ?? throw FeilongFault.Invalid("'size' is a required property");
                var address = (vdev++).ToString("X4", CultureInfo.InvariantCulture);
                lines.Add(estate.NewMinidisk(address, CylindersOf(size)));
                made.Add((address, size));
            }
        var user = new SimUser(id, Population.Entry(id, vcpus, Number(guest, "max_cpu") ?? vcpus, memory, SimUser.Megabytes(Text(guest, "max_mem") ?? $"{memory}M"), Text(guest, "user_profile"), lines)) { RegisteredOn = member, Number = 500_000 + estate.Users.Count() };
        estate.Add(user);
        return json =>
        {
            json.WriteStartArray();
            foreach (var (address, size) in made)
            {
                json.WriteStartObject();
                json.WriteString("vdev", address);
                json.WriteString("size", size);
                json.WriteString("format", "none");
                json.WriteEndObject();
            }
            json.WriteEndArray();
        };
    }

    private Action<Utf8JsonWriter>? Delete(int member, string name)
    {
        var user = Registered(member, name);
        // The connector logs it off first, as the real one does.
        if (user.RunsOn is not null)
            ZvmEstate.LogOff(user);
        estate.Delete(user);
        return null;
    }

    private Action<Utf8JsonWriter>? Act(int member, string name, JsonElement body)
    {
        var action = Text(body, "action") ?? throw FeilongFault.Invalid("action not exist or is empty");
        if (action == "register_vm")
        {
            var known = estate.Find(name) ?? throw FeilongFault.NoGuest(name);
            known.RegisteredOn = member;
            return null;
        }
        if (action == "deregister_vm" && estate.Find(name) is { } other && other.RegisteredOn != member)
            return null;
        var user = Registered(member, name);
        switch (action)
        {
            case "start":
                if (user.RunsOn is null)
                    estate.LogOn(user, member);
                return null;
            case "stop" or "softstop":
                if (user.RunsOn is not null)
                    ZvmEstate.LogOff(user);
                return null;
            case "reboot" or "reset":
                On(user);
                ZvmEstate.LogOff(user);
                estate.LogOn(user, member);
                return null;
            case "pause" or "unpause":
                On(user).Stopped = action == "pause";
                return null;
            case "get_console_output":
                return Answer.Text(On(user).Console.ToString());
            case "deploy":
                return Deploy(user, Text(body, "image"));
            case "capture":
                return Capture(On(user), Text(body, "image"));
            case "resize_cpus" or "live_resize_cpus":
                return Cpus(user, Number(body, "cpu_cnt") ?? throw FeilongFault.Invalid("'cpu_cnt' is a required property"), action[0] == 'l');
            case "resize_mem" or "live_resize_mem":
                return Memory(user, SimUser.Megabytes(Text(body, "size") ?? throw FeilongFault.Invalid("'size' is a required property")), action[0] == 'l');
            case "live_migrate_vm":
                return Migrate(user, body);
            case "deregister_vm":
                user.RegisteredOn = null;
                return null;
            default:
                throw FeilongFault.Invalid($"action {action} is invalid");
        }
    }

    private static SimUser On(SimUser user) => user.RunsOn is not null ? user : throw FeilongFault.NotActive(user.Id);

    private Action<Utf8JsonWriter>? Deploy(SimUser user, string? image)
    {
        var found = image is not null && estate.Images.TryGetValue(image, out var known) ? known : throw FeilongPages.NoImage(image ?? "");
        if (!user.Minidisks.Any())
            throw new FeilongFault(500, 300, 10, 300, 3, $"Failed to deploy image to userid: '{user.Id}', unpackdiskimage failed with rc: 3, error: no disk 0100");
        user.Os = found.Os;
        return null;
    }

    private Action<Utf8JsonWriter>? Capture(SimUser user, string? image)
    {
        if (string.IsNullOrEmpty(image) || estate.Images.ContainsKey(image))
            throw new FeilongFault(500, 300, 10, 300, 5, $"Failed to capture userid {user.Id} to generate image, error: image {image} exists");
        var disk = user.Minidisks.FirstOrDefault() ?? throw new FeilongFault(500, 300, 10, 300, 5, $"Failed to capture userid {user.Id} to generate image, error: no root disk");
        var cylinders = int.Parse(disk[4], CultureInfo.InvariantCulture);
        estate.Images[image] = new SimImage(image, user.Os ?? "rhel9.2", cylinders, cylinders * 737_280L / 3, "rootonly");
        var member = user.RunsOn!.Value;
        ZvmEstate.LogOff(user);
        estate.LogOn(user, member);
        return null;
    }

    private static Action<Utf8JsonWriter>? Cpus(SimUser user, int count, bool live)
    {
        if (count > user.MaxCpus)
            throw new FeilongFault(409, 409, 10, 409, 4, $"Failed to resize cpus of guest: '{user.Id}', error: the requested number of cpus: '{count}' exceeds the maximum number of cpus allowed: '{user.MaxCpus}'.");
        if (live)
        {
            if (On(user).ActiveCpus > count)
                throw new FeilongFault(409, 409, 10, 409, 2, $"Failed to live resize cpus of guest: '{user.Id}', error: current active cpu count: '{user.ActiveCpus}' is greater than requested count: '{count}'.");
            user.ActiveCpus = count;
        }
        user.SetCpus(count);
        return null;
    }

    private static Action<Utf8JsonWriter>? Memory(SimUser user, int megabytes, bool live)
    {
        if (megabytes > user.MaxMemory)
            throw new FeilongFault(409, 409, 10, 409, 20, $"Failed to resize memory of guest: '{user.Id}', error: the requested memory size: '{megabytes}m' exceeds the maximum memory size defined: '{user.MaxMemory}m'.");
        if (live)
        {
            if (On(user).ActiveMemory > megabytes)
                throw new FeilongFault(409, 409, 10, 409, 18, $"Failed to live resize memory of guest: '{user.Id}', error: current active memory size: '{user.ActiveMemory}'m is greater than requested size: '{megabytes}'m.");
            user.ActiveMemory = megabytes;
        }
        user.SetHead(megabytes);
        return null;
    }

    private Action<Utf8JsonWriter>? Migrate(SimUser user, JsonElement body)
    {
        var to = estate.Members.ToList().FindIndex(member => member.Name == Text(body, "destination")?.ToUpperInvariant());
        if (to < 0)
            throw new FeilongFault(500, 300, 1, 8, 3010, $"VMRELOCATE failed: destination {Text(body, "destination")} is not a member");
        if (ZvmEstate.CanRelocate(On(user), to) is { } objection)
            throw new FeilongFault(500, 300, 1, 4, 3000, $"{user.Id} is not eligible for relocation to {estate.Members[to].Name}: {objection}");
        if (Text(body, "operation")?.ToUpperInvariant() != "MOVE")
            return null;
        user.RunsOn = to;
        user.RegisteredOn = to;
        return null;
    }

    private static Action<Utf8JsonWriter>? MakeNic(SimUser user, JsonElement nic)
    {
        var vdev = (Text(nic, "vdev") ?? "1000").ToUpperInvariant().PadLeft(4, '0');
        if (user.Nics.Any(known => known.Vdev == vdev))
            throw new FeilongFault(409, 409, 20, 409, 6, $"Failed to create nic {vdev} for guest {user.Id}, error: the device exists");
        user.Entry.Add($"NICDEF {vdev} TYPE QDIO MACID {user.Number & 0xffffff:X6}");
        return null;
    }

    private Action<Utf8JsonWriter>? Couple(SimUser user, string vdev, JsonElement info)
    {
        var name = Text(info, "vswitch")?.ToUpperInvariant() ?? "";
        if (!estate.Switches.TryGetValue(name, out var found))
            throw new FeilongFault(409, 409, 20, 409, 10, $"Failed to couple nic {vdev} of guest {user.Id} with vswitch {name}, error: the vswitch does not exist");
        if (!found.Granted.Contains(user.Id))
            throw new FeilongFault(409, 409, 20, 409, 10, $"Failed to couple nic {vdev} of guest {user.Id} with vswitch {name}, error: HCPCPL6011E You are not authorized to COUPLE to SYSTEM {name}");
        var at = user.Entry.FindIndex(line => line.StartsWith($"NICDEF {vdev} ", StringComparison.OrdinalIgnoreCase));
        if (at < 0)
            throw new FeilongFault(404, 404, 20, 404, 1, $"Nic '{vdev}' of '{user.Id}' does not exist.");
        user.Entry[at] = $"NICDEF {vdev.ToUpperInvariant()} TYPE QDIO LAN SYSTEM {name} MACID {user.Number & 0xffffff:X6}";
        return null;
    }

    private Action<Utf8JsonWriter>? Grant(string name, JsonElement change)
    {
        if (!estate.Switches.TryGetValue(name.ToUpperInvariant(), out var found))
            throw new FeilongFault(404, 404, 20, 404, 1, $"Vswitch '{name}' does not exist.");
        if (Text(change, "grant_userid") is { } user)
            found.Granted.Add(user.ToUpperInvariant());
        if (Text(change, "revoke_userid") is { } gone)
            found.Granted.Remove(gone.ToUpperInvariant());
        return null;
    }

    private static int CylindersOf(string size) =>
        char.IsAsciiDigit(size[^1]) ? int.Parse(size, CultureInfo.InvariantCulture) : (int)Math.Max(1, (SimUser.Megabytes(size) * 1024L * 1024 + 737_279) / 737_280);

    private static JsonElement Part(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var part) && part.ValueKind == JsonValueKind.Object ? part : throw FeilongFault.Invalid($"'{name}' is a required property");

    private static string? Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Number(JsonElement of, string name) => !of.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number
        : value.ValueKind == JsonValueKind.String && int.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : null;
}
