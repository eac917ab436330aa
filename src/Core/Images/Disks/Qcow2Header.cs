using System.Buffers.Binary;
using Anyvisor.Core.Problems;

namespace Anyvisor.Core.Images.Disks;

/// <summary>The header of qcow2, as QEMU's docs/interop/qcow2.txt describes it.</summary>
internal static class Qcow2Header
{
    private const int Version2Length = 72;
    private const int Version3Length = 104;
    private const uint BackingFormat = 0xe2792aca;
    private const uint ExternalDataFile = 0x44415441;
    private const uint FullDiskEncryption = 0x0537be77;
    private const ulong KnownIncompatible = 0b1_1111;
    private const long MaxCapacity = 8L << 50;

    public static ReadOnlySpan<byte> Magic => [0x51, 0x46, 0x49, 0xfb];

    /// <exception cref="CommandException">It names other files, is encrypted, damaged, or absurd.</exception>
    public static DiskFile Check(ReadOnlySpan<byte> head, long length)
    {
        if (head.Length < Version2Length)
            throw Refuse("is cut off within its header");
        var version = BinaryPrimitives.ReadUInt32BigEndian(head[4..]);
        if (version is not (2 or 3) || (version == 3 && head.Length < Version3Length))
            throw Refuse($"is of version {version}, which is none that QEMU knows");
        if (BinaryPrimitives.ReadUInt64BigEndian(head[8..]) != 0 || BinaryPrimitives.ReadUInt32BigEndian(head[16..]) != 0)
            throw Refuse("names a backing file, of which it holds the differences alone: flatten it first, with qemu-img convert -O qcow2");
        var clusterBits = BinaryPrimitives.ReadUInt32BigEndian(head[20..]);
        if (clusterBits is < 9 or > 21)
            throw Refuse($"has clusters of 2^{clusterBits} bytes, which QEMU does not allow");
        var capacity = BinaryPrimitives.ReadUInt64BigEndian(head[24..]);
        if (capacity is 0 or > (ulong)MaxCapacity)
            throw Refuse($"says that its disk has {capacity} bytes: it takes 1 byte to {MaxCapacity >> 50} PiB");
        if (BinaryPrimitives.ReadUInt32BigEndian(head[32..]) != 0)
            throw Refuse("is encrypted: decrypt it first, with qemu-img convert");
        CheckTables(head, length, clusterBits, capacity);
        var headerLength = (int)Version2Length;
        if (version == 3)
            headerLength = CheckVersion3(head, clusterBits);
        CheckExtensions(head, headerLength, 1 << (int)clusterBits);
        return new DiskFile("qcow2", (long)capacity);
    }

    private static void CheckTables(ReadOnlySpan<byte> head, long length, uint clusterBits, ulong capacity)
    {
        var l1Entries = BinaryPrimitives.ReadUInt32BigEndian(head[36..]);
        var l1Offset = BinaryPrimitives.ReadUInt64BigEndian(head[40..]);
        var perEntry = 1UL << (int)(clusterBits + clusterBits - 3);
        if (l1Entries < (capacity + perEntry - 1) / perEntry)
            throw Refuse("has a table that is too small for its disk: it is damaged");
        if (l1Offset > (ulong)length || l1Entries * 8UL > (ulong)length - l1Offset)
            throw Refuse("has its tables beyond its end: it was cut off on its way");
    }

    private static int CheckVersion3(ReadOnlySpan<byte> head, uint clusterBits)
    {
        var incompatible = BinaryPrimitives.ReadUInt64BigEndian(head[72..]);
        if ((incompatible & 4) != 0)
            throw Refuse("keeps its data in another file");
        if ((incompatible & 2) != 0)
            throw Refuse("is marked as corrupt: repair it first, with qemu-img check -r all");
        if ((incompatible & ~KnownIncompatible) != 0)
            throw Refuse($"needs features that are not known here (0x{incompatible:x})");
        var headerLength = BinaryPrimitives.ReadUInt32BigEndian(head[100..]);
        if (headerLength < Version3Length || headerLength > 1u << (int)clusterBits || headerLength > head.Length)
            throw Refuse($"says that its header has {headerLength} bytes");
        return (int)headerLength;
    }

    private static void CheckExtensions(ReadOnlySpan<byte> head, int at, int cluster)
    {
        var end = Math.Min(head.Length, cluster);
        while (at + 8 <= end)
        {
            var type = BinaryPrimitives.ReadUInt32BigEndian(head[at..]);
            var size = BinaryPrimitives.ReadUInt32BigEndian(head[(at + 4)..]);
            if (type == 0)
                return;
            if (type == ExternalDataFile)
                throw Refuse("keeps its data in another file");
            if (type == FullDiskEncryption)
                throw Refuse("is encrypted: decrypt it first, with qemu-img convert");
            if (type == BackingFormat && size > 0)
                throw Refuse("names a backing format: flatten it first, with qemu-img convert -O qcow2");
            if (size > (uint)(end - at - 8))
                throw Refuse("has a header extension that goes beyond its header: it is damaged");
            at += 8 + (int)((size + 7) & ~7u);
        }
    }

    private static CommandException Refuse(string why) => ProblemFactory.Invalid($"The qcow2 file {why}.");
}
