using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Anyvisor.Drivers.Zvm.Simulator.Estate;
using Microsoft.AspNetCore.Http;

namespace Anyvisor.Drivers.Zvm.Simulator.Feilong;

/// <summary>What the connector tells.</summary>
internal sealed partial class FeilongPages(ZvmEstate estate)
{
    /// <summary>Null where there is no such page.</summary>
    internal Action<Utf8JsonWriter>? Get(int member, string[] path, IQueryCollection query) => path switch
    {
        ["guests"] => Answer.Texts(estate.Locked(e => e.Users.Where(user => user.RegisteredOn == member).Select(user => user.Id).ToList())),
        ["guests", "stats"] => Stats(member, Asked(query)),
        ["guests", "interfacestats"] => InterfaceStats(member, Asked(query)),
        ["guests", "nics"] => Nics(member, query),
        ["guests", var user] => Entry(Registered(member, user)),
        ["guests", var user, "power_state"] => Answer.Text(Power(member, Registered(member, user))),
        ["guests", var user, "power_state_real"] => Answer.Text(Power(member, Existing(user))),
        ["guests", var user, "user_direct"] => Entry(Existing(user)),
        ["guests", var user, "info"] => Info(member, Registered(member, user)),
        ["guests", var user, "os_info"] => OsInfo(member, Registered(member, user)),
        ["guests", var user, "online_cpu_num"] => json => json.WriteNumberValue(Running(member, Registered(member, user)).ActiveCpus),
        ["guests", var user, "adapters"] => Adapters(member, Existing(user)),
        ["guests", var user, "disks"] => Disks(Existing(user)),
        ["host"] => Host(member),
        ["host", "guests"] => Answer.Texts(estate.Locked(e => e.Names.ToList())),
        ["host", "ssi"] => Answer.Texts(Cluster()),
        ["host", "diskpool"] => DiskPool(),
        ["host", "diskpool_volumes"] => Answer.Fields(json => json.WriteString("diskpool_volumes", "LX0000 LX0001")),
        ["images"] => Images(query),
        ["images", var image, "root_disk_size"] => Answer.Text(estate.Locked(e => e.Images.TryGetValue(image, out var known) ? Cylinders(known) : throw NoImage(image))),
        ["vswitches"] => Answer.Texts(estate.Locked(e => e.Switches.Keys.ToList())),
        ["vswitches", var name] => Switch(name),
        ["smapi_health"] => Answer.Fields(json =>
        {
            json.WriteNumber("totalSuccess", 1);
            json.WriteNumber("totalFail", 0);
            json.WriteBoolean("healthy", true);
        }),
        _ => null,
    };

    internal static FeilongFault NoImage(string image) => new(404, 404, 40, 404, 1, $"Image '{image}' does not exist.");

    private SimUser Existing(string user) => estate.Locked(e => e.Find(user)) ?? throw FeilongFault.NoGuest(user);

    private SimUser Registered(int member, string user) => Existing(user) is { } known && known.RegisteredOn == member ? known : throw FeilongFault.NoGuest(user);

    private static SimUser Running(int member, SimUser user) => user.RunsOn == member ? user : throw FeilongFault.NotActive(user.Id);

    private string Power(int member, SimUser user) => estate.Locked(_ => user.RunsOn == member ? "on" : "off");

    private Action<Utf8JsonWriter> Entry(SimUser user) => Answer.Fields(json =>
    {
        json.WriteStartArray("user_direct");
        foreach (var line in estate.Locked(_ => user.Obfuscated().ToList()))
            json.WriteStringValue(line);
        json.WriteEndArray();
    });

    private static List<string> Asked(IQueryCollection query)
    {
        var text = query["userid"].ToString();
        return !UserIds().IsMatch(text)
            ? throw FeilongFault.Invalid($"Invalid input for field/attribute userid. Value: {text}. '{text}' does not match the pattern of user ids")
            : [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(user => user.ToUpperInvariant())];
    }

    private Action<Utf8JsonWriter> Stats(int member, List<string> users)
    {
        var now = estate.Time.GetUtcNow();
        var rows = estate.Locked(e => users.Select(e.Find).OfType<SimUser>().Where(user => user.RunsOn == member).Select(user => (user.Id, user.ActiveCpus, user.MaxCpus, user.ActiveMemory, Cpu: user.CpuMicroseconds(now), Elapsed: (long)(now - user.LoggedOn).TotalMicroseconds)).ToList());
        return Answer.Fields(json =>
        {
            foreach (var row in rows)
            {
                json.WriteStartObject(row.Id);
                json.WriteNumber("guest_cpus", row.ActiveCpus);
                json.WriteNumber("used_cpu_time_us", row.Cpu);
                json.WriteNumber("elapsed_cpu_time_us", row.Elapsed);
                json.WriteNumber("min_cpu_count", 1);
                json.WriteNumber("max_cpu_limit", row.MaxCpus);
                json.WriteNumber("samples_cpu_in_use", 0);
                json.WriteNumber("samples_cpu_delay", 0);
                json.WriteNumber("used_mem_kb", row.ActiveMemory * 1024L * 6 / 10);
                json.WriteNumber("max_mem_kb", row.ActiveMemory * 1024L);
                json.WriteNumber("min_mem_kb", 0);
                json.WriteNumber("shared_mem_kb", 4_096);
                json.WriteEndObject();
            }
        });
    }

    private Action<Utf8JsonWriter> InterfaceStats(int member, List<string> users)
    {
        var now = estate.Time.GetUtcNow();
        var rows = estate.Locked(e => users.Select(e.Find).OfType<SimUser>().Where(user => user.RunsOn == member).Select(user => (user.Id, Nics: user.Nics.ToList(), Bytes: user.CpuMicroseconds(now) / 10)).ToList());
        return Answer.Fields(json =>
        {
            foreach (var row in rows)
            {
                json.WriteStartArray(row.Id);
                foreach (var (vdev, network) in row.Nics)
                {
                    json.WriteStartObject();
                    json.WriteString("vswitch_name", network);
                    json.WriteString("nic_vdev", vdev);
                    json.WriteNumber("nic_fr_rx", row.Bytes / 1000);
                    json.WriteNumber("nic_fr_tx", row.Bytes / 2000);
                    json.WriteNumber("nic_fr_rx_dsc", 0);
                    json.WriteNumber("nic_fr_tx_dsc", 0);
                    json.WriteNumber("nic_fr_rx_err", 0);
                    json.WriteNumber("nic_fr_tx_err", 0);
                    json.WriteNumber("nic_rx", row.Bytes);
                    json.WriteNumber("nic_tx", row.Bytes / 3);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            }
        });
    }

    private Action<Utf8JsonWriter> Nics(int member, IQueryCollection query)
    {
        var wanted = query["userid"].ToString().ToUpperInvariant();
        var rows = estate.Locked(e => e.Users.Where(user => user.RegisteredOn == member && (wanted.Length == 0 || user.Id == wanted)).SelectMany(user => user.Nics.Select(nic => (user.Id, nic.Vdev, nic.Switch))).ToList());
        return json =>
        {
            json.WriteStartArray();
            foreach (var (user, vdev, network) in rows)
            {
                json.WriteStartObject();
                json.WriteString("userid", user);
                json.WriteString("interface", vdev);
                json.WriteString("switch", network);
                json.WriteNull("port");
                json.WriteNull("comments");
                json.WriteEndObject();
            }
            json.WriteEndArray();
        };
    }

    private Action<Utf8JsonWriter> Info(int member, SimUser user) => Answer.Fields(json =>
    {
        var on = user.RunsOn == member;
        json.WriteNumber("max_mem_kb", user.MaxMemory * 1024L);
        json.WriteNumber("num_cpu", on ? user.ActiveCpus : user.Cpus);
        json.WriteNumber("cpu_time_us", on ? user.CpuMicroseconds(estate.Time.GetUtcNow()) : 0);
        json.WriteString("power_state", on ? "on" : "off");
        json.WriteNumber("mem_kb", on ? user.ActiveMemory * 1024L : 0);
        json.WriteNumber("online_cpu_num", on ? user.ActiveCpus : 0);
        json.WriteString("os_distro", on ? user.Os ?? "" : "");
        json.WriteString("kernel_info", on ? "Linux 5.14.0 s390x" : "");
    });

    private static Action<Utf8JsonWriter> OsInfo(int member, SimUser user) => Answer.Fields(json =>
    {
        json.WriteString("os_distro", Running(member, user).Os ?? "");
        json.WriteString("kernel_info", "Linux 5.14.0 s390x");
    });

    private static Action<Utf8JsonWriter> Adapters(int member, SimUser user) => Answer.Fields(json =>
    {
        _ = Running(member, user);
        json.WriteStartArray("adapters");
        foreach (var (vdev, network) in user.Nics)
        {
            json.WriteStartObject();
            json.WriteString("adapter_address", vdev);
            json.WriteString("adapter_status", "02");
            json.WriteString("lan_owner", "SYSTEM");
            json.WriteString("lan_name", network);
            json.WriteString("mac_address", string.Create(CultureInfo.InvariantCulture, $"02:00:0C:{user.Number >> 16 & 255:X2}:{user.Number >> 8 & 255:X2}:{user.Number & 255:X2}"));
            json.WriteString("mac_ip_version", "4");
            json.WriteString("mac_ip_address", string.Create(CultureInfo.InvariantCulture, $"10.{user.Number >> 16 & 255}.{user.Number >> 8 & 255}.{user.Number & 255}"));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    private static Action<Utf8JsonWriter> Disks(SimUser user) => Answer.Fields(json =>
    {
        json.WriteStartArray("minidisks");
        foreach (var words in user.Minidisks)
        {
            json.WriteStartObject();
            json.WriteString("vdev", words[1]);
            json.WriteString("rdev", "1000");
            json.WriteString("access_type", "R/W");
            json.WriteString("device_type", words[2]);
            json.WriteString("device_size", words[4]);
            json.WriteString("device_units", "Cylinders");
            json.WriteString("volume_label", words[5]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    private Action<Utf8JsonWriter> Host(int member)
    {
        var (facts, free) = estate.Locked(e => (e.Members[member], e.FreeMb(member)));
        return Answer.Fields(json =>
        {
            json.WriteNumber("disk_available", 300_570);
            json.WriteString("ipl_time", "IPL at 06/02/24 11:07:10 EDT");
            json.WriteNumber("vcpus_used", facts.Cpus);
            json.WriteString("hypervisor_type", "zvm");
            json.WriteNumber("vcpus", facts.Cpus);
            json.WriteString("zvm_host", facts.Name);
            json.WriteNumber("memory_mb", (double)facts.MemoryMb);
            json.WriteStartObject("cpu_info");
            json.WriteString("cec_model", "3931");
            json.WriteString("architecture", "s390x");
            json.WriteEndObject();
            json.WriteNumber("disk_total", 362_300);
            json.WriteString("zcc_userid", facts.Connector);
            json.WriteString("hypervisor_hostname", facts.Name);
            json.WriteNumber("hypervisor_version", 730);
            json.WriteNumber("disk_used", 61_730);
            json.WriteNumber("memory_mb_used", (double)(facts.MemoryMb - free));
        });
    }

    private static Action<Utf8JsonWriter> DiskPool() => Answer.Fields(json =>
    {
        json.WriteNumber("disk_available", 300_570);
        json.WriteNumber("disk_total", 362_300);
        json.WriteNumber("disk_used", 61_730);
    });

    private List<string> Cluster() => estate.Cluster is null ? [] :
    [
        "ssi_name = " + estate.Cluster,
        "ssi_mode = Stable",
        "ssi_pdr = SIMCOM_on_139E",
        "cross_system_timeouts = Enabled",
        string.Create(CultureInfo.InvariantCulture, $"output.ssiInfoCount = {estate.Members.Count}"),
        .. estate.Members.SelectMany(member => (string[])
        [
            "",
            string.Create(CultureInfo.InvariantCulture, $"member_slot = {member.Slot}"),
            "member_system_id = " + member.Name,
            "member_state = Joined",
            "member_pdr_heartbeat = 06/02/2024_22:34:40",
            "member_received_heartbeat = 06/02/2024_22:34:40",
        ]),
    ];

    private Action<Utf8JsonWriter> Images(IQueryCollection query)
    {
        var wanted = query["imagename"].ToString();
        var images = estate.Locked(e => e.Images.Values.Where(image => wanted.Length == 0 || image.Name == wanted).ToList());
        if (wanted.Length > 0 && images.Count == 0)
            throw NoImage(wanted);
        return json =>
        {
            json.WriteStartArray();
            foreach (var image in images)
            {
                json.WriteStartObject();
                json.WriteString("imagename", image.Name);
                json.WriteString("imageosdistro", image.Os);
                json.WriteString("md5sum", "c73ce117eef8077c3420bfc8f473ac2f");
                json.WriteString("disk_size_units", Cylinders(image));
                json.WriteString("image_size_in_bytes", image.Bytes.ToString(CultureInfo.InvariantCulture));
                json.WriteString("type", image.Type);
                json.WriteNull("comments");
                json.WriteString("last_access_time", "1717326430.0");
                json.WriteEndObject();
            }
            json.WriteEndArray();
        };
    }

    private Action<Utf8JsonWriter> Switch(string name)
    {
        var (found, users) = estate.Locked(e => e.Switches.TryGetValue(name.ToUpperInvariant(), out var known)
            ? (known, known.Granted.Take(1_000).ToList())
            : throw new FeilongFault(404, 404, 20, 404, 1, $"Vswitch '{name}' does not exist."));
        return Answer.Fields(json =>
        {
            foreach (var (key, value) in new[]
            {
                ("switch_name", found.Name), ("lag_group", "(NOGRP)"), ("port_type", "NONE"), ("vlan_id", "0000"), ("queue_memory_limit", "8"), ("gvrp_request_attribute", "NOGVRP"),
                ("MAC_protect", "UNSPECIFIED"), ("mac_address", "02-00-0C-00-00-09"), ("gvrp_enabled_attribute", "NOGVRP"), ("lag_interval", "0"), ("IP_timeout", "5"), ("vlan_awareness", "UNAWARE"),
                ("isolation_status", "NOISOLATION"), ("native_vlan_id", "0000"), ("user_port_based", "USERBASED"), ("transport_type", found.Ethernet ? "ETHERNET" : "IP"), ("link_ag", "LAG"), ("switch_type", "QDIO"),
                ("switch_status", found.Rdev.Length > 0 ? "OSA device ready." : "Virtual switch defined."), ("routing_value", "NA"), ("VLAN_counters", "E)"),
            })
                json.WriteString(key, value);
            json.WriteStartObject("real_devices");
            if (found.Rdev.Length > 0)
            {
                json.WriteStartObject(found.Rdev);
                json.WriteString("dev_status", "Device is active.");
                json.WriteString("controller", found.Controller);
                json.WriteString("port_name", "NONE");
                json.WriteString("dev_err", "No error.");
                json.WriteString("vdev", "0600");
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteStartObject("authorized_users");
            foreach (var user in users)
            {
                json.WriteStartObject(user);
                json.WriteStartArray("vlan_ids");
                json.WriteEndArray();
                json.WriteString("prom_mode", "NOPROM");
                json.WriteString("port_num", "0000");
                json.WriteString("osd_sim", "NOOSDSIM");
                json.WriteNumber("vlan_count", 0);
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteStartObject("adapters");
            foreach (var user in users.Take(20))
            {
                json.WriteStartObject(user + "_1000");
                json.WriteString("mac", "02-00-0C-00-01-2D");
                json.WriteString("type", "QDIO");
                json.WriteEndObject();
            }
            json.WriteEndObject();
        });
    }

    private static string Cylinders(SimImage image) => string.Create(CultureInfo.InvariantCulture, $"{image.Cylinders}:CYL");

    [GeneratedRegex(@"^\s*[a-zA-Z0-9]{1,8}\s*(,\s*[a-zA-Z0-9]{1,8}\s*)*$")]
    private static partial Regex UserIds();
}
