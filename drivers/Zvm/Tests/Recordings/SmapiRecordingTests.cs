using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Anyvisor.Drivers.Zvm.Entries;
using Anyvisor.Drivers.Zvm.Systems;
using Anyvisor.Drivers.Zvm.Wire.Smapi;
using Xunit;

namespace Anyvisor.Drivers.Zvm.Tests.Recordings;

/// <summary>What a live z/VM was sent and answered, against our codec.</summary>
public sealed class SmapiRecordingTests
{
    [Fact]
    public void Every_recorded_answer_is_framed_as_we_read_it()
    {
        Recorded.Require();
        var count = 0;
        foreach (var exchange in Recorded.Exchanges().Where(e => e.Received.Length >= 8))
        {
            var reply = SmapiReply.Parse(exchange.Received, exchange.Function);
            Assert.Equal((exchange.Decoded.GetProperty("return_code").GetInt32(), exchange.Decoded.GetProperty("reason_code").GetInt32()), (reply.ReturnCode, reply.ReasonCode));
            Assert.NotEmpty(reply.Words(exchange.Function));
            count++;
        }
        Assert.True(count > 50, $"{count} exchanges were found");
    }

    [Fact]
    public void Every_recorded_request_begins_as_we_write_it()
    {
        Recorded.Require();
        foreach (var exchange in Recorded.Exchanges())
        {
            Assert.Equal(exchange.Sent.Length - 4, BinaryPrimitives.ReadInt32BigEndian(exchange.Sent));
            var target = exchange.Arguments.ValueKind == JsonValueKind.Object && exchange.Arguments.TryGetProperty("target", out var given) ? given.GetString()! : null;
            if (target is null)
                continue;
            var ours = SmapiWriter.Request(exchange.Function, "maint", "XXXXX", target, null);
            Assert.True(exchange.Sent.AsSpan(4).StartsWith(ours.AsSpan(4)), exchange.Function);
        }
    }

    public static TheoryData<string> Requests => ["Image_Status_Query", "Image_Name_Query_DM", "Image_Query_DM", "Image_Activate", "Image_CPU_Query", "Image_Disk_Query", "Virtual_Network_Adapter_Query", "Virtual_Network_Vswitch_Query", "Image_Delete_DM", "Image_MDISK_Link_Query", "VMRELOCATE", "Image_Pause", "Query_Asynchronous_Operation_DM", "Image_Disk_Create_DM", "Image_Deactivate", "System_Information_Query", "System_Performance_Info_Query"];

    [Theory]
    [MemberData(nameof(Requests))]
    public void What_we_send_is_byte_for_byte_what_was_sent(string function)
    {
        Recorded.Require();
        foreach (var e in Recorded.Exchanges(function).Where(e => !e.Arguments.TryGetProperty("monrate", out _)))
        {
            string A(string name) => e.Arguments.GetProperty(name).ValueKind == JsonValueKind.String ? e.Arguments.GetProperty(name).GetString()! : e.Arguments.GetProperty(name).GetRawText();
            byte I1(string name) => (byte)e.Arguments.GetProperty(name).GetInt32();
            var ours = SmapiWriter.Request(function, "maint", "XXXXX", A("target"), function switch
            {
                "Image_Disk_Query" => w => w.Pair("vdasd_id", A("vdasd_id")),
                "Virtual_Network_Adapter_Query" => w => w.Text(A("image_device_number")),
                "Virtual_Network_Vswitch_Query" => w => w.Text(A("switch_name")),
                "Image_Delete_DM" => w => w.Int1(I1("data_security_erase")),
                "Image_MDISK_Link_Query" => w => w.Pair("vdev", A("vdev")),
                "Image_Pause" => w => w.Pair("action", A("action")),
                "Query_Asynchronous_Operation_DM" => w => w.Int4(e.Arguments.GetProperty("operation_id").GetInt32()),
                "Image_Deactivate" => w => w.Text(A("force_time")),
                "VMRELOCATE" => w =>
                {
                    foreach (var pair in e.Arguments.EnumerateObject().Where(p => p.Name != "target"))
                        w.Pair(pair.Name, pair.Value.GetString()!);
                },
                "Image_Disk_Create_DM" => w => w
                    .Text(A("image_disk_number")).Text(A("image_disk_device_type")).Text(A("image_disk_allocation_type")).Text(A("allocation_area_name_or_volser")).Int1(I1("allocation_unit_size"))
                    .Int4(e.Arguments.GetProperty("image_disk_size").GetInt32()).Text(A("image_disk_mode")).Int1(I1("image_disk_formatting")).Text(A("image_disk_label")).Text(A("read_password")).Text(A("write_password")).Text(A("multi_password")),
                _ => null,
            });
            Assert.Equal(Convert.ToHexString(e.Sent), Convert.ToHexString(ours));
        }
    }

    [Fact]
    public void Names_are_read_whole()
    {
        Recorded.Require();
        foreach (var e in Recorded.Exchanges("Image_Name_Query_DM").Concat(Recorded.Exchanges("Image_Status_Query")))
        {
            var expected = e.Decoded.GetProperty("image_name_array").EnumerateArray().Select(name => name.GetProperty("image_name").GetString()!.Trim()).ToList();
            var names = SmapiOutputs.Texts(SmapiReply.Parse(e.Received, e.Function), e.Function);
            Assert.Equal(expected, names);
            Assert.All(names, name => Assert.True(UserId.IsValid(name), name));
        }
    }

    [Fact]
    public void Processors_disks_adapters_and_switches_are_read_whole()
    {
        Recorded.Require();
        foreach (var e in Recorded.Exchanges("Image_CPU_Query"))
            Assert.Equal(
                e.Decoded.GetProperty("cpu_info_array").EnumerateArray().Select(c => (c.GetProperty("cpu_number").GetInt32(), c.GetProperty("cpu_id").GetString(), c.GetProperty("cpu_base").GetInt32() == 1, (byte)c.GetProperty("cpu_status").GetInt32(), (byte)c.GetProperty("cpu_type").GetInt32())),
                SmapiOutputs.Cpus(SmapiReply.Parse(e.Received, e.Function), e.Function).Select(c => (c.Number, (string?)c.Id, c.Base, c.Status, c.Type)));
        foreach (var e in Recorded.Exchanges("Image_Disk_Query"))
            Assert.Equal(
                e.Decoded.GetProperty("vdasd_array").EnumerateArray().Select(d => (Base64(d, "vdasd_vdev"), Base64(d, "vdasd_volid"), d.GetProperty("vdasd_size").GetInt64())),
                SmapiOutputs.Disks(SmapiReply.Parse(e.Received, e.Function), e.Function).Select(d => (d.Vdev, d.Volume, d.Size)));
        foreach (var e in Recorded.Exchanges("Virtual_Network_Adapter_Query"))
            Assert.Equal(
                e.Decoded.GetProperty("adapter_array").EnumerateArray().Select(a => (a.GetProperty("image_device_number").GetString(), a.GetProperty("lan_name").GetString()!.Trim())),
                SmapiOutputs.Adapters(SmapiReply.Parse(e.Received, e.Function), e.Function).Select(a => ((string?)a.Vdev, a.Lan)));
        foreach (var e in Recorded.Exchanges("Virtual_Network_Vswitch_Query"))
        {
            var switches = SmapiOutputs.Switches(SmapiReply.Parse(e.Received, e.Function), e.Function);
            Assert.Equal(e.Decoded.GetProperty("vswitch_array").EnumerateArray().Select(s => (s.GetProperty("switch_name").GetString(), (byte)s.GetProperty("switch_status").GetInt32(), s.GetProperty("real_device_array").GetArrayLength(), s.GetProperty("connected_adapter_array").GetArrayLength())), switches.Select(s => ((string?)s.Name, s.Status, s.RealDevices.Length, s.Connected.Length)));
        }
    }

    [Fact]
    public void What_is_active_is_read_whole()
    {
        Recorded.Require();
        foreach (var e in Recorded.Exchanges("Image_Active_Configuration_Query"))
        {
            var active = SmapiOutputs.Active(SmapiReply.Parse(e.Received, e.Function), e.Function);
            Assert.Equal(1L << 30, active.Memory);
            Assert.Equal(e.Decoded.GetProperty("number_cpus").GetInt32(), active.Cpus);
            Assert.Equal(e.Decoded.GetProperty("device_info_array").EnumerateArray().Select(d => d.GetProperty("device_address").GetString()), active.Devices.Select(d => d.Address));
        }
    }

    [Fact]
    public void The_system_is_read()
    {
        Recorded.Require();
        ImmutableArray<string> Lines(string function) => SmapiOutputs.Lines(SmapiReply.Parse(Recorded.Exchanges(function).First().Received, function), function);
        var system = SmapiOutputs.System("VM1", Lines("System_Information_Query"), Lines("System_Performance_Info_Query"));
        Assert.Equal(("7.1.0", 4L << 30, 4), (system.Version, system.Memory, system.Cpus));
        Assert.Equal((1_048_576L - 464_777) * 4096, system.FreeMemory);
    }

    [Fact]
    public void The_whole_directory_becomes_guests_without_a_password()
    {
        Recorded.Require();
        var e = Recorded.Exchanges("Query_All_DM").First(e => Encoding.ASCII.GetString(e.Sent).Contains("format=no", StringComparison.Ordinal));
        var entries = SmapiOutputs.Directory(SmapiReply.Parse(e.Received, e.Function), e.Function);
        Assert.Equal(e.Decoded.GetProperty("directory_entries_array").GetArrayLength(), entries.Length);
        var users = entries.Select(entry => (entry.Name, Entry: EntryReader.Read(entry.Lines))).Where(user => user.Entry.Kind is EntryKind.User or EntryKind.Identity).ToList();
        Assert.True(users.Count > 100);
        foreach (var (name, entry) in users)
        {
            Assert.Equal(name, UserId.Canonical(entry.Name!));
            Assert.All(entry.Lines, line =>
            {
                Assert.DoesNotContain("MULTIPLE", line.Contains("MDISK", StringComparison.Ordinal) ? line : "", StringComparison.Ordinal);
                Assert.DoesNotContain("WIN32S", line, StringComparison.Ordinal);
                Assert.DoesNotContain("7CE2D4F8D7C97C40", line, StringComparison.Ordinal);
            });
            Assert.All(entry.Disks.Where(disk => disk.Device == "disk" && disk.Source is { } source && !source.StartsWith("DEVNO", StringComparison.Ordinal)), disk => Assert.True(disk.Capacity is > 0 || disk.Source!.Contains("END", StringComparison.Ordinal), $"{name} {disk.Name} {disk.Source}"));
        }
        var pong = users.Single(user => user.Name == "GT@PONG").Entry;
        Assert.Equal((1L << 30, 1L << 30, 4, "CMS"), (pong.Memory, pong.MaxMemory, pong.MaxVcpus, pong.Ipl));
        Assert.Equal(["0888", "0777"], pong.Disks.Select(disk => disk.Name));
        Assert.True(ServiceUsers.Has("TCPIP") && ServiceUsers.Has("MAINT") && ServiceUsers.Has("VSMWORK1") && ServiceUsers.Has("DTCVSW2"));
        Assert.False(ServiceUsers.Has("GT@PONG") || ServiceUsers.Has("LNX053"));
    }

    [Fact]
    public void One_entry_reads_alike_alone_and_with_all()
    {
        Recorded.Require();
        foreach (var e in Recorded.Exchanges("Image_Query_DM"))
        {
            var lines = SmapiOutputs.Texts(SmapiReply.Parse(e.Received, e.Function), e.Function);
            Assert.Equal(e.Decoded.GetProperty("image_record_array").EnumerateArray().Select(line => line.GetString()!.TrimEnd()), lines);
            Assert.Equal(EntryKind.User, EntryReader.Read(lines).Kind);
        }
    }

    [Fact]
    public void Every_recorded_code_has_a_cause()
    {
        Recorded.Require();
        using var codes = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Recorded.Folder!, "schema", "smapi-return-codes.json")));
        Assert.True(Zvm.Wire.ReturnCodes.OfSmapi(200, 12) == Driver.ProviderError.Conflict);
        Assert.True(Zvm.Wire.ReturnCodes.OfSmapi(400, 4) == Driver.ProviderError.NotFound);
        foreach (var line in File.ReadLines(Path.Combine(Recorded.Folder!, "schema", "errcode.csv")).Where(line => line.Split(';').Length >= 5))
        {
            var parts = line.Split(';');
            if (int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var overall) && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var rc))
                Assert.True(Enum.IsDefined(Zvm.Wire.ReturnCodes.OfConnector(overall, rc, int.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out var rs) ? rs : 0, 500)), line);
        }
    }

    private static string Base64(JsonElement of, string name) => Encoding.ASCII.GetString(Convert.FromBase64String(of.GetProperty(name).GetProperty("py/b64").GetString()!.Trim()));
}
