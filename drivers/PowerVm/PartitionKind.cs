namespace Anyvisor.Drivers.PowerVm;

/// <summary>What a partition is made for; it can't be changed.</summary>
internal enum PartitionKind : byte
{
    Unknown,
    AixLinux,
    Ibmi,
    Vios,
}
