using System.Collections.Immutable;
using System.Xml;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere.Inventory;

/// <summary>A network port as the guest's tools tell it.</summary>
internal readonly record struct SeenNic(int Device, MacAddress? Mac, string? Network, ImmutableArray<string> Addresses);

/// <summary>A <c>VirtualMachine</c>.</summary>
internal sealed class GuestRecord(MoRef self) : EstateRecord(self)
{
    public string? InstanceUuid { get; private set; }
    public string? BiosUuid { get; private set; }
    public bool IsTemplate { get; private set; }
    public string? GuestId { get; private set; }
    public string? GuestFullName { get; private set; }
    public string? FirmwareWord { get; private set; }
    public string? HardwareVersion { get; private set; }
    public string? Annotation { get; private set; }
    public bool? ChangeTracking { get; private set; }
    public bool CpuHotAdd { get; private set; }
    public bool MemoryHotAdd { get; private set; }
    public bool Encrypted { get; private set; }
    public bool SecureBoot { get; private set; }
    public DateTime? CreatedAt { get; private set; }
    public string? ManagedBy { get; private set; }
    public Hardware Hardware { get; private set; } = Hardware.None;
    public string? PowerWord { get; private set; }
    public string? ConnectionWord { get; private set; }
    public MoRef Host { get; private set; }
    public MoRef ResourcePool { get; private set; }
    public string? ToolsRunning { get; private set; }
    public string? ToolsVersion { get; private set; }
    public string? HostName { get; private set; }
    public string? Address { get; private set; }
    public SeenNic[] SeenNics { get; private set; } = [];
    public SnapshotNode[] Snapshots { get; private set; } = [];
    public CustomValue[] CustomValues { get; private set; } = [];

    /// <summary>A task of ours that runs on it, in the words of the model.</summary>
    public Transition Transition { get; set; }

    /// <summary>How it was shown last: to say that it is gone when it is another kind of thing now.</summary>
    public Shown Shown { get; set; }

    public bool ToolsRun => ToolsRunning is "guestToolsRunning" or "guestToolsExecutingScripts";

    /// <summary>The instance UUID is unique in its vCenter and the same on its ESXi; BIOS UUIDs are copied with disks.</summary>
    public NativeId NativeId => NativeIds.Of(InstanceUuid, Self);

    public override bool Set(string path, XmlReader value, Interner words)
    {
        switch (path)
        {
            case "config.instanceUuid":
                InstanceUuid = value.Text();
                return true;
            case "config.uuid":
                BiosUuid = value.Text();
                return true;
            case "config.template":
                IsTemplate = value.Flag();
                return true;
            case "config.guestId":
                GuestId = words.Of(value.Text());
                return true;
            case "config.guestFullName":
                GuestFullName = words.Of(value.Text());
                return true;
            case "config.firmware":
                FirmwareWord = words.Of(value.Text());
                return true;
            case "config.version":
                HardwareVersion = words.Of(value.Text());
                return true;
            case "config.annotation":
                Annotation = value.Text() is { Length: > 0 } text ? text : null;
                return true;
            case "config.changeTrackingEnabled":
                ChangeTracking = value.Flag();
                return true;
            case "config.cpuHotAddEnabled":
                CpuHotAdd = value.Flag();
                return true;
            case "config.memoryHotAddEnabled":
                MemoryHotAdd = value.Flag();
                return true;
            case "config.keyId":
                Encrypted = true;
                value.Skip();
                return true;
            case "config.bootOptions":
                SecureBoot = ReadSecureBoot(value);
                return true;
            case "config.createDate":
                CreatedAt = value.Time() is { Year: > 1970 } made ? made : null;
                return true;
            case "config.managedBy":
                ManagedBy = ReadManager(value, words);
                return true;
            case "config.hardware":
                Hardware = new DeviceReader(words).Read(value);
                return true;
            case "config.hardware.device": // A part of what was asked for, which some systems tell by itself.
                Hardware = new DeviceReader(words).ReadDevices(value, Hardware);
                return true;
            case "config.hardware.numCPU":
                Hardware = Hardware with { Cpus = value.Number() };
                return true;
            case "config.hardware.numCoresPerSocket":
                Hardware = Hardware with { CoresPerSocket = value.Number() };
                return true;
            case "config.hardware.memoryMB":
                Hardware = Hardware with { MemoryMb = value.Number() };
                return true;
            case "runtime.powerState":
                PowerWord = words.Of(value.Text());
                return true;
            case "runtime.connectionState":
                ConnectionWord = words.Of(value.Text());
                return true;
            case "runtime.host":
                Host = Interned(value.Ref(), words);
                return true;
            case "resourcePool":
                ResourcePool = Interned(value.Ref(), words);
                return true;
            case "guest.toolsRunningStatus":
                ToolsRunning = words.Of(value.Text());
                return true;
            case "guest.toolsVersionStatus2" or "guest.toolsVersionStatus":
                ToolsVersion = words.Of(value.Text());
                return true;
            case "guest.hostName":
                HostName = value.Text() is { Length: > 0 } host ? host : null;
                return true;
            case "guest.ipAddress":
                Address = value.Text() is { Length: > 0 } address ? address : null;
                return true;
            case "guest.net":
                SeenNics = GuestNetReader.Read(value, words);
                return true;
            case "snapshot":
                Snapshots = SnapshotReader.Read(value);
                return true;
            case "customValue":
                CustomValues = CustomValue.Read(value, words);
                return true;
            default:
                return base.Set(path, value, words);
        }
    }

    public override void Unset(string path)
    {
        switch (path)
        {
            case "snapshot":
                Snapshots = [];
                break;
            case "guest.net":
                SeenNics = [];
                break;
            case "guest.ipAddress":
                Address = null;
                break;
            case "guest.hostName":
                HostName = null;
                break;
            case "guest.toolsRunningStatus":
                ToolsRunning = null;
                break;
            case "customValue":
                CustomValues = [];
                break;
            case "config.annotation":
                Annotation = null;
                break;
            case "config.keyId":
                Encrypted = false;
                break;
            case "config.managedBy":
                ManagedBy = null;
                break;
            case "resourcePool":
                ResourcePool = default;
                break;
            case "runtime.host":
                Host = default;
                break;
            default:
                base.Unset(path);
                break;
        }
    }

    private static MoRef Interned(MoRef reference, Interner words) => reference with { Value = words.Of(reference.Value) };

    private static bool ReadSecureBoot(XmlReader reader)
    {
        var secure = false;
        var options = reader.Enter();
        while (reader.NextChild(options))
            if (reader.LocalName == "efiSecureBootEnabled")
                secure = reader.Flag();
            else
                reader.Skip();
        return secure;
    }

    private static string? ReadManager(XmlReader reader, Interner words)
    {
        string? extension = null;
        var manager = reader.Enter();
        while (reader.NextChild(manager))
            if (reader.LocalName == "extensionKey")
                extension = words.Of(reader.Text());
            else
                reader.Skip();
        return extension is { Length: > 0 } ? extension : null;
    }
}
