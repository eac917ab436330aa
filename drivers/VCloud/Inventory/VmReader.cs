using System.Collections.Immutable;
using System.Xml.Linq;
using Anyvisor.Drivers.VCloud.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VCloud.Inventory;

/// <summary>Makes guests of a <c>VApp</c> document with its virtual machines.</summary>
internal sealed class VmReader(string provider, TimeProvider time)
{
    private const long Mebi = 1 << 20;

    /// <param name="vapp">The document.</param>
    /// <param name="vdcName">By address.</param>
    /// <param name="orgName">Of a virtual datacenter, by address.</param>
    public IEnumerable<VmDraft> Read(XElement vapp, Func<string?, string?> vdcName, Func<string?, string?> orgName)
    {
        var machines = vapp.Child("Children").Children("Vm").ToList();
        foreach (var vm in machines)
            if (VcdXml.Uuid(vm.Attr("id") ?? vm.Attr("href")) is { } uuid)
                yield return Read(vm, uuid, vapp, machines.Count, vdcName, orgName);
    }

    private VmDraft Read(XElement vm, Guid uuid, XElement vapp, int siblings, Func<string?, string?> vdcName, Func<string?, string?> orgName)
    {
        var vdc = vapp.Link("up", "vdc") is { } href ? VcdClient.Path(href) : null;
        var facts = Facts(vm, uuid, vapp, siblings, vdc);
        var id = new NativeId(uuid);
        var (power, lifecycle, raw) = Mapping.State(VcdXml.Whole(vm.Attr("status")));
        var system = vm.Descendants().FirstOrDefault(element => element.Is("OperatingSystemSection"));
        var (os, arch) = Mapping.Os(system.Attr("osType") ?? vm.Descendants().FirstOrDefault(element => element.Is("VmSpecSection")).Text("OsType"));
        var hardware = new HardwareReader(vm);
        var snapshot = vm.Child("SnapshotSection").Child("Snapshot");
        var guest = new Guest
        {
            Id = ObjectId.Derive(ObjectKind.Guest, provider, id),
            NativeId = id,
            Name = vm.Attr("name") ?? uuid.ToString("D"),
            Provider = provider,
            Host = vdcName(vdc),
            Project = orgName(vdc),
            Kind = GuestKind.Vm,
            Power = power,
            Transition = Moving(vm, vapp),
            Lifecycle = lifecycle,
            Raw = raw,
            Source = ObservationSource.Poll,
            ObservedAt = time.GetUtcNow().UtcDateTime,
            Arch = arch,
            Os = os,
            Firmware = vm.Descendants().FirstOrDefault(element => element.Is("Firmware"))?.Value is "efi" ? Firmware.Uefi : Firmware.Bios,
            Virtualization = Virtualization.Full,
            Hypervisor = "ESXi",
            Vcpus = hardware.Cpus,
            Memory = hardware.MemoryMebi * Mebi,
            Disks = hardware.Disks(),
            Nics = hardware.Nics(),
            Description = vm.Text("Description"),
            CreatedAt = VcdXml.Time(vm.Text("DateCreated")),
            Concerns = snapshot is null ? [] : Concerns,
        };
        return new VmDraft(guest, facts, snapshot is null ? null : new SnapshotDraft(VcdXml.Time(snapshot.Attr("created")), snapshot.Attr("poweredOn") == "true"), NativeJson.Of(vm, vapp, vdcName(vdc)));
    }

    private static ImmutableArray<Concern> Concerns { get; } =
        [new("vcloud.snapshot", ConcernSeverity.Warning, "Snapshot", "It has a snapshot: only its present state moves, and its disks can't change.", "Delete the snapshot, if it is not needed.")];

    private static VmFacts Facts(XElement vm, Guid uuid, XElement vapp, int siblings, string? vdc)
    {
        var able = vm.Child("VmCapabilities");
        return new VmFacts
        {
            Uuid = uuid,
            Path = $"api/vApp/vm-{uuid:D}",
            VApp = VcdXml.Uuid(vapp.Attr("id") ?? vapp.Attr("href")) ?? Guid.Empty,
            VAppName = vapp.Attr("name") ?? "",
            VAppPath = VcdClient.Path(vapp.Attr("href") ?? ""),
            Siblings = siblings,
            VdcPath = vdc,
            Deployed = vm.Attr("deployed") == "true",
            HasSnapshot = vm.Child("SnapshotSection").Child("Snapshot") is not null,
            CpuHotAdd = able.Text("CpuHotAddEnabled") == "true",
            MemoryHotAdd = able.Text("MemoryHotAddEnabled") == "true",
            Allowed = [.. vm.Children("Link").Select(link => link.Attr("rel")).OfType<string>()],
            VAppDescription = vapp.Text("Description"),
        };
    }

    private static Transition Moving(XElement vm, XElement vapp)
    {
        foreach (var task in VcdTasks.Of(vm).Concat(VcdTasks.Of(vapp)).Where(VcdTasks.Runs))
            return task.Attr("operationName") is { } operation && Mapping.Operations.TryGetValue(operation, out var transition) ? transition : Transition.Reconfiguring;
        return Transition.None;
    }
}
