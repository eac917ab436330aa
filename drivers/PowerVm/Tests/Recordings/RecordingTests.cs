using System.Text.Json;
using Anyvisor.Driver;
using Anyvisor.Drivers.PowerVm.Inventory;
using Anyvisor.Drivers.PowerVm.Watching;
using Anyvisor.Drivers.PowerVm.Wire;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.PowerVm.Tests.Recordings;

/// <summary>Every object that a real console was recorded to say comes out whole.</summary>
public sealed class RecordingTests
{
    private static readonly Readers Readers = new("rec", TimeProvider.System);

    private static IEnumerable<(string Where, HmcObject Object)> Objects()
    {
        foreach (var (where, root) in Recording.Documents())
            foreach (var one in HmcObject.Read(root, where))
                yield return (where, one);
    }

    private static List<(string Where, HmcObject Object)> Of(params string[] types)
    {
        var found = Objects().Where(one => types.Contains(one.Object.Type)).ToList();
        Assert.NotEmpty(found);
        return found;
    }

    private static readonly string[] ProcessorCounts =
    [
        "PartitionProcessorConfiguration/CurrentDedicatedProcessorConfiguration/CurrentProcessors",
        "PartitionProcessorConfiguration/DedicatedProcessorConfiguration/DesiredProcessors",
        "PartitionProcessorConfiguration/CurrentSharedProcessorConfiguration/AllocatedVirtualProcessors",
        "PartitionProcessorConfiguration/SharedProcessorConfiguration/DesiredVirtualProcessors",
    ];

    private static readonly string[] MemorySizes = ["PartitionMemoryConfiguration/CurrentMemory", "PartitionMemoryConfiguration/DesiredMemory"];

    private static bool SaysSome(System.Xml.Linq.XElement content, string[] paths) =>
        paths.Any(path => content.Text(path) is { } text && double.Parse(text, System.Globalization.CultureInfo.InvariantCulture) > 0);

    [Fact]
    public void Every_partition_has_its_name_state_size_and_share()
    {
        foreach (var (where, read) in Of("LogicalPartition", "VirtualIOServer").Where(one => one.Object.Content.Text("PartitionState") is not null))
        {
            var draft = Readers.Partitions.Read(read, null, _ => "host", ObservationSource.Poll);
            var (guest, facts) = (draft.Guest, draft.Facts);
            Assert.True(Mapping.PartitionStates.ContainsKey(guest.Raw), $"{where}: {guest.Raw}");
            Assert.True(facts.Kind != PartitionKind.Unknown, $"{where}: {read.Content.Text("PartitionType")}");
            Assert.True(read.Content.Text("ResourceMonitoringControlState") is not { } rmc || Mapping.MonitoringStates.ContainsKey(rmc), where);
            foreach (var path in new[] { "SharingMode", "CurrentSharingMode" })
                if (read.Content.Text($"PartitionProcessorConfiguration/{path}") is { } mode)
                    Assert.True(Mapping.SharingModes.ContainsKey(mode), $"{where}: {mode}");
            Assert.Equal(read.Content.Text("PartitionName"), guest.Name);
            // Partitions were recorded that were defined with nothing, and say so: nothing is lost, and nothing made up.
            Assert.True((guest.Vcpus > 0) == SaysSome(read.Content, ProcessorCounts), $"{where}: {guest.Name} has {guest.Vcpus} processors");
            Assert.True((guest.Memory > 0) == SaysSome(read.Content, MemorySizes), $"{where}: {guest.Name} has {guest.Memory} bytes of memory");
            Assert.NotNull(guest.Entitlement);
            if (read.Content.Text("OperatingSystemVersion") is { } os && !os.Equals("Unknown", StringComparison.OrdinalIgnoreCase) && os != "0.0.0.0.0.0")
                Assert.True(guest.Os.Family is not (OsFamily.Unknown or OsFamily.Other), $"{where}: {os}");
            Assert.Equal(facts.Kind == PartitionKind.Vios || read.Type == "VirtualIOServer", guest.Service);
        }
    }

    [Fact]
    public void Nothing_that_was_said_is_lost()
    {
        foreach (var (where, read) in Of("LogicalPartition", "VirtualIOServer", "ManagedSystem", "PartitionTemplate"))
        {
            var json = System.Text.Encoding.UTF8.GetString(NativeJson.Of(read.Content).Span);
            using var document = JsonDocument.Parse(json);
            foreach (var leaf in read.Content.Descendants().Where(e => !e.HasElements && e.Value.Trim().Length > 0))
                Assert.True(json.Contains($"\"{leaf.Name.LocalName}\":", StringComparison.Ordinal) && json.Contains(JsonEncodedText.Encode(leaf.Value.Trim()).ToString(), StringComparison.Ordinal), $"{where}: {leaf.Name.LocalName} = {leaf.Value}");
        }
    }

    [Fact]
    public void Every_mapping_with_storage_behind_it_is_a_disk()
    {
        var disks = 0;
        foreach (var (where, read) in Of("VirtualIOServer"))
        {
            var served = StorageReader.ReadMappings(read.Content);
            var expected = read.Content.Child("VirtualSCSIMappings").Children("VirtualSCSIMapping").Count(m => m.Child("AssociatedLogicalPartition").LinkedUuid() is not null && m.Child("Storage")?.HasElements == true);
            var scsi = served.Values.SelectMany(d => d).Where(d => d.Disk.Bus == "vscsi").ToList();
            Assert.True(expected == scsi.Count, where);
            Assert.All(scsi, disk => Assert.False(string.IsNullOrEmpty(disk.Disk.Source), where));
            Assert.All(scsi.Where(d => d.Disk.Device != "cdrom"), disk => Assert.True(disk.Disk.Capacity > 0, $"{where}: {disk.Disk.Source}"));
            disks += scsi.Count;
        }
        Assert.True(disks > 20);
    }

    [Fact]
    public void Every_pool_has_its_size_and_disks()
    {
        foreach (var (where, read) in Of("SharedStoragePool", "VolumeGroup"))
        {
            var pool = read.Type == "VolumeGroup" ? Readers.Storage.ReadVolumeGroup(read, Guid.NewGuid(), "vios", "host") : Readers.Storage.ReadPool(read);
            Assert.True(pool.Datastore.Capacity > 0 && pool.Datastore.Available is not null, where);
            Assert.Equal(read.Content.Descendants().Count(e => e.Is("LogicalUnit") || (e.Is("VirtualDisk") && e.Parent!.Is("VirtualDisks"))), pool.Volumes.Length);
            Assert.All(pool.Volumes, volume => Assert.True(volume.Capacity > 0, $"{where}: {volume.Name}"));
        }
    }

    [Fact]
    public void Every_adapter_has_its_address()
    {
        foreach (var (where, read) in Of("ClientNetworkAdapter"))
            Assert.True(NetworkReader.Ethernet(read.Content, new Dictionary<Guid, NetworkDraft>(), Guid.Empty) is { Mac: not null, Network: not null }, where);
        foreach (var (where, read) in Of("VirtualNICDedicated"))
            Assert.True(NetworkReader.Dedicated(read.Content).Mac is not null, where);
    }

    [Fact]
    public void Every_network_has_its_name_and_number()
    {
        foreach (var (where, read) in Of("VirtualNetwork"))
        {
            var network = Readers.Networks.ReadNetwork(read, Guid.NewGuid(), "host", new Dictionary<Guid, string>());
            Assert.True(network is { Network.Vlan: not null, Switch: not null }, where);
            Assert.Equal(read.Content.Text("NetworkName"), network!.Network.Name);
        }
    }

    [Fact]
    public void Every_template_has_its_name_and_kind()
    {
        foreach (var (where, read) in Of("PartitionTemplate"))
        {
            var template = Readers.Images.Read(read);
            Assert.True(template is { Image.Name.Length: > 0 } && template.Kind != PartitionKind.Unknown, where);
        }
    }

    [Fact]
    public void Every_event_is_understood_or_passed_over()
    {
        foreach (var (where, read) in Of("Event"))
        {
            var happened = HmcEvent.Read(read);
            var type = read.Content.Text("EventType");
            if (type is "NEW_CLIENT" or "CACHE_CLEARED" or "MISSING_EVENTS")
                Assert.True(happened.Kind == HmcEventKind.Lost, where);
            if (type is "MODIFY_URI" or "ADD_URI" && read.Content.Text("EventData") is { } data && HmcXml.UuidAtEnd(data) is { } uuid && data.Contains("/LogicalPartition/", StringComparison.Ordinal) && !data.Contains("Profile", StringComparison.Ordinal))
                Assert.Equal((HmcEventKind.Changed, uuid), (happened.Kind, happened.Uuid));
        }
    }

    [Fact]
    public void Every_job_says_how_it_ended()
    {
        foreach (var (where, read) in Of("JobResponse"))
        {
            var job = HmcJob.Read(read.Content);
            Assert.False(string.IsNullOrEmpty(job.Status), where);
            Assert.True(!job.Ended || job.Succeeded || job.Message is not null, $"{where}: {job.Status}");
        }
    }

    [Fact]
    public void Every_system_has_its_name_size_and_firmware()
    {
        foreach (var (where, read) in Of("ManagedSystem").Where(one => one.Object.Content.Text("SystemName") is not null && one.Object.Uuid is not null))
        {
            var quick = new SystemDraft(read.Uuid!.Value, "quick", "operating", false, new Host { Id = default, NativeId = new NativeId(read.Uuid.Value), Name = "quick", Provider = "rec" }, default);
            var system = SystemReader.WithDetails(quick, read.Content);
            Assert.Equal(read.Content.Text("SystemName"), system.Host.Name);
            Assert.True(Mapping.SystemStates.ContainsKey(system.State), $"{where}: {system.State}");
            if (read.Content.Child("AssociatedSystemMemoryConfiguration") is not null)
                Assert.True(system.Host is { Memory: > 0, Cores: > 0 } && system.Region > 0, where);
        }
    }

    [Fact]
    public void Counters_of_a_partition_are_read()
    {
        var file = Path.Combine(Recording.Folder(), "miq-hmc", "metrics_capture_lpar.http.json");
        var reply = Recording.Session(file).First(one => one.Path.EndsWith(".json", StringComparison.Ordinal));
        var read = MetricsReader.Read(System.Text.Encoding.UTF8.GetBytes(reply.Body));
        Assert.True(read is { CpuUsage: > 0, MemoryResident: > 0, NetworkReceiveBytes: not null, DiskWriteBytes: not null, At.Kind: DateTimeKind.Utc });
    }

    [Fact]
    public void An_error_keeps_the_console_s_words()
    {
        var (where, read) = Of("HttpErrorResponse")[0];
        var body = System.Text.Encoding.UTF8.GetBytes(read.Content.ToString());
        var e = HmcErrors.Explain(new HmcAnswer(System.Net.HttpStatusCode.NotFound, null, body), "reading it", "hmc");
        Assert.True(e is { Error: ProviderError.NotFound, NativeMessage: not null, NativeCode: not null }, where);
    }
}
