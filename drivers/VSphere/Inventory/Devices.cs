using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere.Inventory;

/// <summary>What of a guest's devices matters for showing and moving it.</summary>
[Flags]
internal enum DeviceTraits
{
    None = 0,
    IndependentDisk = 1,
    RawDisk = 2,
    PhysicalRawDisk = 4,
    SharedDisk = 8,
    Vtpm = 16,
    Passthrough = 32,
    Usb = 64,
    PersistentMemory = 128,
    EncryptedDisk = 256,
    Sriov = 512,
}

/// <param name="Key">The device's number in its guest.</param>
/// <param name="Name">Place on its controller: <c>scsi0:1</c>.</param>
/// <param name="Device"><c>disk</c>, <c>cdrom</c>, <c>floppy</c>.</param>
/// <param name="Bus"><c>scsi</c>, <c>ide</c>, <c>sata</c>, <c>nvme</c>.</param>
/// <param name="Controller">The controller's type.</param>
/// <param name="Capacity">Bytes; null where there is none.</param>
/// <param name="File"><c>[datastore] path</c>; null without one.</param>
/// <param name="Shared">Whether several guests may write to it.</param>
/// <param name="ReadOnly">Whether what is written is lost.</param>
/// <param name="ControllerKey">The controller's number.</param>
/// <param name="Unit">Its place on the controller.</param>
internal readonly record struct DiskDevice(int Key, int ControllerKey, int Unit, string Name, string Device, string Bus, string Controller, long? Capacity, string? File, bool Shared, bool ReadOnly);

/// <param name="Key">The device's number in its guest.</param>
/// <param name="Model"><c>vmxnet3</c>, <c>e1000</c>.</param>
/// <param name="Mac">Its address.</param>
/// <param name="Network">The network's name, where the device says it.</param>
/// <param name="NetworkRef">The network's reference or the distributed port group's key.</param>
internal readonly record struct NicDevice(int Key, string Model, MacAddress? Mac, string? Network, string? NetworkRef);

/// <summary>A guest's virtual hardware.</summary>
internal sealed record Hardware(int Cpus, int CoresPerSocket, int MemoryMb, DiskDevice[] Disks, NicDevice[] Nics, DeviceTraits Traits)
{
    public static Hardware None { get; } = new(0, 0, 0, [], [], DeviceTraits.None);
}
