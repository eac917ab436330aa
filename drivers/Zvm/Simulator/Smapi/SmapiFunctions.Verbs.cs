using System.Globalization;
using Anyvisor.Drivers.Zvm.Simulator.Estate;

namespace Anyvisor.Drivers.Zvm.Simulator.Smapi;

internal sealed partial class SmapiFunctions
{
    /// <summary>What changes something. Null where it is no such function.</summary>
    private (int Rc, int Rs)? Do(string function, string target, RequestBytes request, OutputBytes output)
    {
        switch (function)
        {
            case "Image_Activate":
                estate.LogOn(estate.Find(target) ?? throw Refusal.NoImage(target), member);
                return (0, 0);
            case "Image_Deactivate":
                // IMMED and WITHIN alike: simulated guests end at once when they are asked.
                _ = request.Text();
                ZvmEstate.LogOff(Running(target));
                return (0, 0);
            case "Image_Recycle":
                ZvmEstate.LogOff(Running(target));
                estate.LogOn(estate.Known(target), member);
                return (0, 0);
            case "Image_Pause":
                return Pause(Running(target), request.Pairs());
            case "Image_CPU_Define":
                return DefineCpu(Running(target), request.Text());
            case "Image_Create_DM":
                _ = (request.Text(), request.Text(), request.Text());
                estate.Add(new SimUser(target, [.. request.Array().Select(line => line.Trim())]) { RegisteredOn = null, Number = 600_000 + estate.Users.Count() });
                output.Int4(-1);
                return (0, 0);
            case "Image_Delete_DM":
                estate.Delete(estate.Known(target));
                output.Int4(-1);
                return (0, 0);
            case "Image_Lock_DM":
                return Lock(estate.Known(target));
            case "Image_Unlock_DM":
                estate.Known(target).Locked = false;
                return (0, 0);
            case "Image_Replace_DM":
                return Replace(estate.Known(target), request.Array());
            case "Image_Disk_Create_DM":
                return MakeDisk(estate.Known(target), request, output);
            case "Virtual_Network_Adapter_Create_DM":
                return MakeAdapter(estate.Known(target), request.Text());
            case "Virtual_Network_Adapter_Connect_Vswitch_DM":
                return Connect(estate.Known(target), request.Text(), request.Text());
            case "Virtual_Network_Vswitch_Set":
                return (0, 0);
            case "Name_List_Add":
                _ = (estate.NameLists.TryGetValue(target, out var list) ? list : estate.NameLists[target] = new HashSet<string>(StringComparer.Ordinal)).Add(request.Text().ToUpperInvariant());
                return (0, 0);
            case "Name_List_Remove":
                return estate.NameLists.TryGetValue(target, out var names) && names.Remove(request.Text().ToUpperInvariant()) ? (0, 0) : (200, 4);
            case "VMRELOCATE":
                return Relocate(Running(target), request.Pairs(), output);
            default:
                return null;
        }
    }

    private static (int, int) Pause(SimUser user, Dictionary<string, string> pairs)
    {
        user.Stopped = pairs.GetValueOrDefault("action", "").ToUpperInvariant() switch { "PAUSE" => true, "UNPAUSE" => false, _ => throw new Refusal(24, 508, "action takes PAUSE or UNPAUSE") };
        return (0, 0);
    }

    private static (int, int) DefineCpu(SimUser user, string address)
    {
        if (!int.TryParse(address, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var cpu) || cpu >= user.MaxCpus)
            throw new Refusal(396, 1457, "more processors than the MACHINE statement allows");
        user.ActiveCpus = Math.Max(user.ActiveCpus, cpu + 1);
        return (0, 0);
    }

    private static (int, int) Lock(SimUser user)
    {
        if (user.Locked)
            return (400, 12);
        user.Locked = true;
        return (0, 0);
    }

    private static (int, int) Replace(SimUser user, List<string> lines)
    {
        if (!user.Locked)
            return (400, 13);
        user.Entry = [.. lines.Select(line => line.TrimEnd())];
        user.Locked = false;
        return (0, 0);
    }

    private (int, int) MakeDisk(SimUser user, RequestBytes request, OutputBytes output)
    {
        var vdev = request.Text().ToUpperInvariant().PadLeft(4, '0');
        _ = (request.Text(), request.Text(), request.Text());
        var unit = request.Int1();
        var size = request.Int4();
        if (user.Minidisks.Any(words => words[1] == vdev))
            return (404, 4);
        user.Entry.Add(estate.NewMinidisk(vdev, unit == 1 ? size : Math.Max(1, size / 1440)));
        output.Int4(0);
        return (0, 0);
    }

    private static (int, int) MakeAdapter(SimUser user, string vdev)
    {
        vdev = vdev.ToUpperInvariant().PadLeft(4, '0');
        if (user.Nics.Any(nic => nic.Vdev == vdev))
            return (404, 4);
        user.Entry.Add($"NICDEF {vdev} TYPE QDIO DEVICES 3");
        return (0, 0);
    }

    private (int, int) Connect(SimUser user, string vdev, string network)
    {
        vdev = vdev.ToUpperInvariant().PadLeft(4, '0');
        if (!estate.Switches.TryGetValue(network.ToUpperInvariant(), out var known))
            return (212, 40);
        var at = user.Entry.FindIndex(line => line.StartsWith($"NICDEF {vdev} ", StringComparison.Ordinal));
        if (at < 0)
            return (404, 8);
        user.Entry[at] = $"NICDEF {vdev} TYPE QDIO DEVICES 3 LAN SYSTEM {known.Name}";
        known.Granted.Add(user.Id);
        return (0, 0);
    }

    private (int, int) Relocate(SimUser user, Dictionary<string, string> pairs, OutputBytes output)
    {
        var to = estate.Members.ToList().FindIndex(known => known.Name.Equals(pairs.GetValueOrDefault("destination", ""), StringComparison.OrdinalIgnoreCase));
        if (to < 0)
            return (8, 3010);
        if (ZvmEstate.CanRelocate(user, to) is { } objection)
        {
            output.Zero(objection.Contains("1981", StringComparison.Ordinal) ? "1981" : "1940 1996 1996 1981");
            return (4, 3000);
        }
        if (pairs.GetValueOrDefault("action", "").Equals("MOVE", StringComparison.OrdinalIgnoreCase))
            user.RunsOn = to;
        return (0, 0);
    }
}
