namespace Anyvisor.Core.Images.Disks;

/// <summary>What a disk file is, by its content.</summary>
/// <param name="Format"><c>qcow2</c> or <c>raw</c>.</param>
/// <param name="Capacity">Bytes that a guest sees.</param>
internal sealed record DiskFile(string Format, long Capacity);
