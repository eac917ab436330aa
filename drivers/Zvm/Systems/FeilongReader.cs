using System.Collections.Immutable;
using System.Text.Json;
using Anyvisor.Drivers.Zvm.Entries;
using Anyvisor.Drivers.Zvm.Wire.Feilong;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Zvm.Systems;

/// <summary>The connector's outputs as facts. Pure; what is missing is null, what is unknown is left alone.</summary>
internal static class FeilongReader
{
    internal static SystemFacts? System(JsonElement output)
    {
        var name = FeilongJson.Text(output, "hypervisor_hostname") ?? FeilongJson.Text(output, "zvm_host");
        if (string.IsNullOrWhiteSpace(name))
            return null;
        var memory = (long)((FeilongJson.Decimal(output, "memory_mb") ?? 0) * (1 << 20));
        var used = FeilongJson.Decimal(output, "memory_mb_used");
        var cpu = output.TryGetProperty("cpu_info", out var given) ? given : default;
        return new SystemFacts
        {
            Name = name.Trim().ToUpperInvariant(),
            Version = FeilongJson.Number(output, "hypervisor_version") is { } version ? Version(version) : null,
            Model = FeilongJson.Text(cpu, "cec_model"),
            Cpus = (int)Math.Clamp(FeilongJson.Number(output, "vcpus") ?? 0, 0, int.MaxValue),
            Memory = memory,
            FreeMemory = used is { } taken ? Math.Max(0, memory - (long)(taken * (1 << 20))) : null,
            ServiceUser = FeilongJson.Text(output, "zcc_userid") is { Length: > 0 } user ? UserId.Canonical(user) : null,
            DiskTotal = FeilongJson.Number(output, "disk_total") << 30,
            DiskAvailable = FeilongJson.Number(output, "disk_available") << 30,
            Native = NativeText.Of(output),
        };
    }

    /// <summary>Lines of <c>key = value</c>, as the system's own tool prints them; an empty list where there is no cluster.</summary>
    internal static ClusterFacts? Cluster(JsonElement output)
    {
        string? name = null, member = null;
        var members = ImmutableArray.CreateBuilder<MemberFacts>();
        foreach (var line in FeilongJson.Texts(output))
        {
            var at = line.IndexOf('=', StringComparison.Ordinal);
            if (at < 0)
                continue;
            var value = line[(at + 1)..].Trim();
            switch (line[..at].Trim().ToLowerInvariant())
            {
                case "ssi_name":
                    name = value;
                    break;
                case "member_system_id":
                    member = value.ToUpperInvariant();
                    break;
                case "member_state" when member is not null:
                    members.Add(new MemberFacts(member, value));
                    member = null;
                    break;
                default:
                    break;
            }
        }
        return string.IsNullOrEmpty(name) ? null : new ClusterFacts(name.ToUpperInvariant(), members.ToImmutable());
    }

    /// <summary>A list of names, each once, in upper case.</summary>
    internal static ImmutableArray<string> Users(JsonElement output) =>
        [.. FeilongJson.Texts(output).Select(UserId.Canonical).Where(name => name.Length > 0).Distinct(StringComparer.Ordinal)];

    internal static RunningFacts Running(JsonElement stats) =>
        new(FeilongJson.Number(stats, "guest_cpus") is { } cpus and > 0 and < 1024 ? (int)cpus : null, FeilongJson.Number(stats, "max_mem_kb") is { } memory and > 0 and < 1L << 40 ? memory << 10 : null);

    internal static ImmutableArray<string> Entry(JsonElement output) =>
        output.ValueKind == JsonValueKind.Object && output.TryGetProperty("user_direct", out var lines) ? FeilongJson.Texts(lines) : FeilongJson.Texts(output);

    internal static ImmutableArray<AdapterFacts> Adapters(JsonElement output)
    {
        var list = output.ValueKind == JsonValueKind.Object && output.TryGetProperty("adapters", out var given) ? given : output;
        var adapters = ImmutableArray.CreateBuilder<AdapterFacts>();
        foreach (var item in FeilongJson.Items(list))
            if (FeilongJson.Text(item, "adapter_address") is { } vdev)
                adapters.Add(new AdapterFacts(
                    vdev.ToUpperInvariant().PadLeft(4, '0'),
                    FeilongJson.Text(item, "lan_name")?.Trim(),
                    MacAddress.TryParse(FeilongJson.Text(item, "mac_address"), out var mac) ? mac : null,
                    FeilongJson.Text(item, "mac_ip_address") is { Length: > 0 } address ? [address] : []));
        return adapters.ToImmutable();
    }

    internal static InsideFacts? Inside(JsonElement output) =>
        FeilongJson.Text(output, "os_distro") is { Length: > 0 } os ? new InsideFacts(os, FeilongJson.Text(output, "kernel_info")) : null;

    internal static NetworkFacts Network(string name, JsonElement output)
    {
        var devices = output.ValueKind == JsonValueKind.Object && output.TryGetProperty("real_devices", out var real) ? FeilongJson.Fields(real).Select(d => d.Name).ToImmutableArray() : [];
        var status = FeilongJson.Text(output, "switch_status") ?? "";
        var aware = FeilongJson.Text(output, "vlan_awareness")?.Equals("AWARE", StringComparison.OrdinalIgnoreCase) == true;
        return new NetworkFacts(
            FeilongJson.Text(output, "switch_name")?.Trim().ToUpperInvariant() is { Length: > 0 } told ? told : name,
            status.Contains("ready", StringComparison.OrdinalIgnoreCase) || status.Contains("defined", StringComparison.OrdinalIgnoreCase),
            FeilongJson.Text(output, "transport_type")?.ToLowerInvariant(),
            aware && FeilongJson.Number(output, "vlan_id") is { } vlan and > 0 ? (int)vlan : null,
            devices,
            NativeText.Of(output));
    }

    internal static ImmutableArray<ImageFacts> Images(JsonElement output)
    {
        var images = ImmutableArray.CreateBuilder<ImageFacts>();
        foreach (var item in FeilongJson.Items(output))
            if ((FeilongJson.Text(item, "imagename") ?? FeilongJson.Text(item, "image_name")) is { Length: > 0 } name)
                images.Add(new ImageFacts(
                    name,
                    FeilongJson.Text(item, "imageosdistro") ?? FeilongJson.Text(item, "os_version"),
                    FeilongJson.Text(item, "disk_size_units") is { } units ? Sizes.OfImage(units) : null,
                    FeilongJson.Number(item, "image_size_in_bytes"),
                    FeilongJson.Text(item, "type"),
                    NativeText.Of(item)));
        return images.ToImmutable();
    }

    internal static CounterFacts Counters(JsonElement stats) =>
        new(FeilongJson.Number(stats, "used_cpu_time_us") ?? 0, FeilongJson.Number(stats, "used_mem_kb") << 10, null, null);

    internal static CounterFacts WithTraffic(CounterFacts counters, JsonElement adapters) =>
        counters with
        {
            ReceivedBytes = FeilongJson.Items(adapters).Sum(adapter => FeilongJson.Number(adapter, "nic_rx") ?? 0),
            SentBytes = FeilongJson.Items(adapters).Sum(adapter => FeilongJson.Number(adapter, "nic_tx") ?? 0),
        };

    // 640 is 6.4, 730 is 7.3: the digits of 'z/VM 7.3.0' without the dots.
    private static string Version(long digits) => string.Join('.', digits.ToString(global::System.Globalization.CultureInfo.InvariantCulture).AsEnumerable());
}
