using System.Globalization;
using System.Xml;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere.Inventory;

/// <summary>Reads <c>VirtualHardware</c> from the line into what is kept of it. One pass, no tree.</summary>
internal sealed class DeviceReader(Interner words)
{
    private readonly List<Raw> _raw = [];
    private readonly List<DiskDevice> _disks = [];
    private readonly List<NicDevice> _nics = [];

    public Hardware Read(XmlReader reader)
    {
        var (cpus, cores, memory) = (0, 0, 0);
        _raw.Clear();
        var hardware = reader.Enter();
        while (reader.NextChild(hardware))
            switch (reader.LocalName)
            {
                case "numCPU":
                    cpus = reader.Number();
                    break;
                case "numCoresPerSocket":
                    cores = reader.Number();
                    break;
                case "memoryMB":
                    memory = reader.Number();
                    break;
                case "device":
                    ReadDevice(reader);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        return Make(cpus, cores, memory);
    }

    /// <summary>Reads an <c>ArrayOfVirtualDevice</c>.</summary>
    public Hardware ReadDevices(XmlReader reader, Hardware before)
    {
        _raw.Clear();
        var array = reader.Enter();
        while (reader.NextChild(array))
            ReadDevice(reader);
        return Make(before.Cpus, before.CoresPerSocket, before.MemoryMb);
    }

    /// <summary>One device as it came, before its controller is known.</summary>
    private struct Raw
    {
        public string Type;
        public int Key;
        public int Controller;
        public int Unit;
        public int Bus;
        public long Capacity;
        public string? Backing;
        public string? File;
        public string? Mode;
        public string? Compatibility;
        public string? Sharing;
        public string? SharedBus;
        public string? Mac;
        public string? Network;
        public string? NetworkRef;
        public bool Encrypted;
    }

    private void ReadDevice(XmlReader reader)
    {
        var type = reader.XsiType();
        if (IsDull(type))
        {
            reader.Skip();
            return;
        }
        var raw = new Raw { Type = words.Of(type), Unit = -1 };
        var device = reader.Enter();
        while (reader.NextChild(device))
            switch (reader.LocalName)
            {
                case "key":
                    raw.Key = reader.Number();
                    break;
                case "controllerKey":
                    raw.Controller = reader.Number();
                    break;
                case "unitNumber":
                    raw.Unit = reader.Number();
                    break;
                case "busNumber":
                    raw.Bus = reader.Number();
                    break;
                case "capacityInKB" when raw.Capacity == 0:
                    raw.Capacity = checked(reader.Long() * 1024);
                    break;
                case "capacityInBytes":
                    raw.Capacity = reader.Long();
                    break;
                case "sharedBus":
                    raw.SharedBus = words.Of(reader.Text());
                    break;
                case "macAddress":
                    raw.Mac = reader.Text();
                    break;
                case "backing":
                    ReadBacking(reader, ref raw);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        _raw.Add(raw);
    }

    private void ReadBacking(XmlReader reader, ref Raw raw)
    {
        raw.Backing = words.Of(reader.XsiType());
        var backing = reader.Enter();
        while (reader.NextChild(backing))
            switch (reader.LocalName)
            {
                case "fileName":
                    raw.File = reader.Text();
                    break;
                case "deviceName":
                    raw.Network = words.Of(reader.Text());
                    break;
                case "network":
                    raw.NetworkRef = words.Of(reader.Text());
                    break;
                case "diskMode":
                    raw.Mode = words.Of(reader.Text());
                    break;
                case "compatibilityMode":
                    raw.Compatibility = words.Of(reader.Text());
                    break;
                case "sharing":
                    raw.Sharing = words.Of(reader.Text());
                    break;
                case "keyId":
                    raw.Encrypted = true;
                    reader.Skip();
                    break;
                case "opaqueNetworkId":
                    raw.Network = words.Of(reader.Text());
                    break;
                case "port":
                    ReadPort(reader, ref raw);
                    break;
                default:
                    reader.Skip();
                    break;
            }
    }

    private void ReadPort(XmlReader reader, ref Raw raw)
    {
        var port = reader.Enter();
        while (reader.NextChild(port))
            if (reader.LocalName == "portgroupKey")
                raw.NetworkRef = words.Of(reader.Text());
            else
                reader.Skip();
    }

    private Hardware Make(int cpus, int cores, int memory)
    {
        _disks.Clear();
        _nics.Clear();
        var traits = DeviceTraits.None;
        foreach (ref readonly var raw in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_raw))
        {
            traits |= TraitsOf(raw);
            if (DiskKind(raw.Type) is { } kind)
                _disks.Add(Disk(raw, kind));
            else if (NicModel(raw.Type) is { } model)
                _nics.Add(new NicDevice(raw.Key, model, MacAddress.TryParse(raw.Mac, out var mac) ? mac : null, raw.Network, raw.NetworkRef));
        }
        return new Hardware(cpus, cores, memory, [.. _disks], [.. _nics], traits);
    }

    private DiskDevice Disk(in Raw raw, string kind)
    {
        var (bus, number, type, sharedBus) = ("?", 0, "", false);
        foreach (ref readonly var other in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_raw))
            if (other.Key == raw.Controller && BusOf(other.Type) is { } found)
                (bus, number, type, sharedBus) = (found, other.Bus, other.Type, other.SharedBus is not (null or "noSharing"));
        if (kind == "floppy")
            (bus, number) = ("floppy", 0);
        var name = words.Of(string.Create(CultureInfo.InvariantCulture, $"{bus}{number}:{raw.Unit}"));
        return new DiskDevice(
            raw.Key, raw.Controller, raw.Unit, name, kind, bus, type, kind == "disk" && raw.Capacity > 0 ? raw.Capacity : null, raw.File is { Length: > 0 } file ? file : null,
            Shared: kind == "disk" && (sharedBus || raw.Sharing == "sharingMultiWriter"),
            ReadOnly: kind == "cdrom" || raw.Mode is "independent_nonpersistent" or "nonpersistent");
    }

    private static DeviceTraits TraitsOf(in Raw raw)
    {
        var traits = raw.Type switch
        {
            "VirtualTPM" => DeviceTraits.Vtpm,
            "VirtualPCIPassthrough" or "VirtualSCSIPassthrough" => DeviceTraits.Passthrough,
            "VirtualSriovEthernetCard" => DeviceTraits.Sriov | DeviceTraits.Passthrough,
            "VirtualUSB" => DeviceTraits.Usb,
            "VirtualNVDIMM" => DeviceTraits.PersistentMemory,
            _ => DeviceTraits.None,
        };
        if (raw.Type is "VirtualSCSIController" or "VirtualLsiLogicController" or "VirtualLsiLogicSASController" or "ParaVirtualSCSIController" or "VirtualBusLogicController" && raw.SharedBus is "virtualSharing" or "physicalSharing")
            traits |= DeviceTraits.SharedDisk;
        if (raw.Type != "VirtualDisk")
            return traits;
        if (raw.Mode is "independent_persistent" or "independent_nonpersistent")
            traits |= DeviceTraits.IndependentDisk;
        if (raw.Backing?.Contains("RawDisk", StringComparison.Ordinal) == true)
            traits |= raw.Compatibility == "physicalMode" ? DeviceTraits.RawDisk | DeviceTraits.PhysicalRawDisk : DeviceTraits.RawDisk;
        if (raw.Sharing == "sharingMultiWriter")
            traits |= DeviceTraits.SharedDisk;
        if (raw.Encrypted)
            traits |= DeviceTraits.EncryptedDisk;
        return traits;
    }

    private static string? DiskKind(string type) =>
        type switch
        {
            "VirtualDisk" => "disk",
            "VirtualCdrom" => "cdrom",
            "VirtualFloppy" => "floppy",
            _ => null,
        };

    private static string? NicModel(string type) =>
        type switch
        {
            "VirtualVmxnet3" => "vmxnet3",
            "VirtualVmxnet2" => "vmxnet2",
            "VirtualVmxnet" => "vmxnet",
            "VirtualE1000" => "e1000",
            "VirtualE1000e" => "e1000e",
            "VirtualPCNet32" => "pcnet32",
            "VirtualVmxnet3Vrdma" => "vmxnet3-vrdma",
            "VirtualSriovEthernetCard" => "sriov",
            "VirtualEthernetCard" => "unknown",
            _ => null,
        };

    private static string? BusOf(string type) =>
        type switch
        {
            "VirtualIDEController" => "ide",
            "VirtualAHCIController" or "VirtualSATAController" => "sata",
            "VirtualNVMEController" => "nvme",
            "ParaVirtualSCSIController" or "VirtualLsiLogicController" or "VirtualLsiLogicSASController" or "VirtualBusLogicController" or "VirtualSCSIController" => "scsi",
            _ => null,
        };

    /// <summary>Every guest has these, and nobody asks for them.</summary>
    private static bool IsDull(string type) =>
        type is "VirtualPCIController" or "VirtualPS2Controller" or "VirtualSIOController" or "VirtualKeyboard" or "VirtualPointingDevice" or "VirtualMachineVideoCard" or "VirtualMachineVMCIDevice" or "VirtualHdAudioCard" or "VirtualSoundBlaster16" or "VirtualEnsoniq1371";
}
