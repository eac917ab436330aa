using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Drivers.Zvm.Entries;
using Anyvisor.Drivers.Zvm.Wire.Smapi;

namespace Anyvisor.Drivers.Zvm.Systems;

/// <summary>A processor of a running user. Status 1 is stopped, 2 check-stopped, 3 operating.</summary>
internal readonly record struct CpuOutput(int Number, string Id, bool Base, byte Status, byte Type);

/// <summary>A disk of a running user. Unit 1 is cylinders, 2 blocks.</summary>
internal readonly record struct DiskOutput(string Vdev, string Rdev, byte Access, string Type, long Size, byte Unit, string Volume);

/// <summary>What is defined for a running user.</summary>
internal sealed record ActiveOutput(long? Memory, int Cpus, byte ShareType, string Share, ImmutableArray<(byte Type, string Address)> Devices);

internal readonly record struct AdapterOutput(string Vdev, byte Type, int Devices, byte Status, string Owner, string Lan);

internal sealed record SwitchOutput(string Name, byte Transport, byte PortType, int Vlan, byte Status, ImmutableArray<string> RealDevices, ImmutableArray<string> Granted, ImmutableArray<(string Owner, string Vdev)> Connected);

/// <summary>How one entry of the whole directory comes.</summary>
internal readonly record struct EntryOutput(int Type, string Name, ImmutableArray<string> Lines);

/// <summary>The outputs of the management API's functions, each in its form. Pure; throws on what is cut short.</summary>
internal static class SmapiOutputs
{
    /// <summary>Image_Status_Query, Image_Name_Query_DM, Image_Query_DM, Name_List_Query: an array of texts.</summary>
    internal static ImmutableArray<string> Texts(SmapiReply reply, string function)
    {
        var reader = reply.Read(function);
        return reader.AtEnd ? [] : reader.Inner().Texts();
    }

    /// <summary>Keys and values, or lines, each ended by a zero byte, with their length before them or not.</summary>
    internal static ImmutableArray<string> Lines(SmapiReply reply, string function)
    {
        var reader = reply.Read(function);
        if (reader.Left >= 4 && reply.Output.Span[0] == 0)
            reader = reader.Inner();
        return reader.TerminatedTexts();
    }

    internal static ImmutableArray<CpuOutput> Cpus(SmapiReply reply, string function)
    {
        var reader = reply.Read(function);
        _ = reader.Int4();
        var list = reader.Inner();
        var cpus = ImmutableArray.CreateBuilder<CpuOutput>();
        while (!list.AtEnd)
        {
            var cpu = list.Inner();
            cpus.Add(new CpuOutput(cpu.Int4(), cpu.Text(), cpu.Int1() == 1, cpu.Int1(), cpu.Int1()));
        }
        return cpus.ToImmutable();
    }

    internal static ActiveOutput Active(SmapiReply reply, string function)
    {
        var reader = reply.Read(function);
        var size = reader.Int4();
        var unit = reader.Int1();
        var shareType = reader.Int1();
        var share = reader.Text();
        var count = reader.Int4();
        _ = reader.Inner();
        var devices = ImmutableArray.CreateBuilder<(byte, string)>();
        var list = reader.Inner();
        while (!list.AtEnd)
        {
            var device = list.Inner();
            devices.Add((device.Int1(), device.Text()));
        }
        return new ActiveOutput(size < 0 ? null : unit switch { 1 => (long)size << 10, 2 => (long)size << 20, 3 => (long)size << 30, 4 => (long)size << 40, _ => null }, count, shareType, share, devices.ToImmutable());
    }

    internal static ImmutableArray<DiskOutput> Disks(SmapiReply reply, string function)
    {
        var reader = reply.Read(function);
        var disks = ImmutableArray.CreateBuilder<DiskOutput>();
        while (!reader.AtEnd)
            disks.Add(new DiskOutput(reader.Fixed(4), reader.Fixed(4), reader.Int1(), reader.Fixed(4), reader.Int8(), reader.Int1(), reader.Terminated()));
        return disks.ToImmutable();
    }

    internal static ImmutableArray<AdapterOutput> Adapters(SmapiReply reply, string function)
    {
        var reader = reply.Read(function);
        if (reader.AtEnd)
            return [];
        var list = reader.Inner();
        var adapters = ImmutableArray.CreateBuilder<AdapterOutput>();
        while (!list.AtEnd)
        {
            var adapter = list.Inner();
            adapters.Add(new AdapterOutput(adapter.Text(), adapter.Int1(), adapter.Int4(), adapter.Int1(), adapter.Text(), adapter.Text()));
        }
        return adapters.ToImmutable();
    }

    internal static ImmutableArray<SwitchOutput> Switches(SmapiReply reply, string function)
    {
        var reader = reply.Read(function);
        if (reader.AtEnd)
            return [];
        var list = reader.Inner();
        var switches = ImmutableArray.CreateBuilder<SwitchOutput>();
        while (!list.AtEnd)
            switches.Add(Switch(list.Inner()));
        return switches.ToImmutable();
    }

    /// <summary>Query_All_DM with <c>format=no</c>: the directory as it is written. Type 0 is a user; other types are profiles, parts and settings.</summary>
    internal static ImmutableArray<EntryOutput> Directory(SmapiReply reply, string function)
    {
        var reader = reply.Read(function);
        if (reader.AtEnd)
            return [];
        var list = reader.Inner();
        var entries = ImmutableArray.CreateBuilder<EntryOutput>();
        while (!list.AtEnd)
        {
            var entry = list.Inner();
            entries.Add(new EntryOutput(entry.Int4(), entry.Text(), entry.Inner().Texts()));
        }
        return entries.ToImmutable();
    }

    internal static ClusterFacts? Cluster(SmapiReply reply, string function)
    {
        var lines = Lines(reply, function);
        if (lines.Length < 4 || lines[0].Length == 0)
            return null;
        var members = ImmutableArray.CreateBuilder<MemberFacts>();
        foreach (var line in lines.Skip(4))
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var name, var state, ..])
                members.Add(new MemberFacts(name.ToUpperInvariant(), state));
        return new ClusterFacts(lines[0].Trim().ToUpperInvariant(), members.ToImmutable());
    }

    /// <summary>System_Information_Query and System_Performance_Info_Query.</summary>
    internal static SystemFacts System(string name, ImmutableArray<string> information, ImmutableArray<string> performance)
    {
        string? version = null, model = null;
        long memory = 0;
        foreach (var line in information)
        {
            var at = line.IndexOf('=', StringComparison.Ordinal);
            if (at < 0)
                continue;
            var value = line[(at + 1)..];
            switch (line[..at])
            {
                case "CP_LEVEL":
                    version = Word(value, "VERSION=") ?? version;
                    break;
                case "CPUID":
                    model = Word(value, "ID=") is { Length: >= 12 } id ? id[8..12] : model;
                    break;
                case "STORAGE":
                    memory = Sizes.Bytes(Word(value, "ONLINE=") ?? "") ?? 0;
                    break;
                default:
                    break;
            }
        }
        var cpus = performance.Count(line => line.StartsWith("PROC ", StringComparison.Ordinal));
        if (cpus == 0 && performance.Length > 0 && int.TryParse(performance[0], NumberStyles.None, CultureInfo.InvariantCulture, out var counted))
            cpus = counted;
        long? free = performance.Length > 4 && long.TryParse(performance[3], NumberStyles.None, CultureInfo.InvariantCulture, out var pages) && long.TryParse(performance[4], NumberStyles.None, CultureInfo.InvariantCulture, out var used) && used <= pages && pages < 1L << 40
            ? (pages - used) * 4096
            : null;
        return new SystemFacts { Name = name, Version = version, Model = model, Cpus = cpus, Memory = memory, FreeMemory = free };
    }

    private static SwitchOutput Switch(SmapiReader reader)
    {
        var name = reader.Text();
        var transport = reader.Int1();
        var port = reader.Int1();
        _ = reader.Int4();
        _ = reader.Int1();
        var vlan = reader.Int4();
        _ = reader.Int4();
        _ = reader.Int8();
        _ = reader.Int1();
        _ = reader.Int1();
        var status = reader.Int1();
        var devices = ImmutableArray.CreateBuilder<string>();
        var list = reader.Inner();
        while (!list.AtEnd)
            devices.Add(list.Inner().Int4().ToString("X4", CultureInfo.InvariantCulture));
        var granted = ImmutableArray.CreateBuilder<string>();
        list = reader.Inner();
        while (!list.AtEnd)
            granted.Add(list.Inner().Text());
        var connected = ImmutableArray.CreateBuilder<(string, string)>();
        list = reader.Inner();
        while (!list.AtEnd)
        {
            var adapter = list.Inner();
            connected.Add((adapter.Text(), adapter.Text()));
        }
        return new SwitchOutput(name, transport, port, vlan, status, devices.ToImmutable(), granted.ToImmutable(), connected.ToImmutable());
    }

    private static string? Word(string text, string key) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(word => word.StartsWith(key, StringComparison.Ordinal))?[key.Length..];
}
