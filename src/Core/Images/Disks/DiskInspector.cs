using System.Buffers.Binary;
using Anyvisor.Core.Problems;

namespace Anyvisor.Core.Images.Disks;

/// <summary>
/// Says what a disk file is by its first bytes, before any other program opens it, and refuses what would make such a
/// program read other files: names and extensions are never believed.
/// </summary>
internal static class DiskInspector
{
    // Covers every header looked for, of which the superblock of btrfs is the farthest in.
    private const int HeadLength = 0x10048;
    private const int Sector = 512;

    /// <exception cref="CommandException">It is no disk image, or one that must not be opened.</exception>
    public static async Task<DiskFile> InspectAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.Asynchronous);
        var head = new byte[HeadLength];
        var read = await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return Inspect(head.AsSpan(0, read), file.Length);
    }

    internal static DiskFile Inspect(ReadOnlySpan<byte> head, long length)
    {
        if (head.StartsWith(Qcow2Header.Magic))
            return Qcow2Header.Check(head, length);
        if (OtherFormat(head) is { } other)
            throw ProblemFactory.Invalid($"The file is {other}. Images are taken as qcow2 or raw: {RemedyFor(other)}");
        if (!LooksLikeDisk(head))
            throw ProblemFactory.Invalid(
                "The file is no disk image: it has neither the header of qcow2 nor a partition table or file system. Check that it is the file that you mean."
            );
        if (length % Sector != 0)
            throw ProblemFactory.Invalid($"The file looks like a raw disk, but its {length} bytes are no whole number of sectors: it was cut off on its way.");
        return new DiskFile("raw", length);
    }

    private static string? OtherFormat(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("KDMV"u8) || head.StartsWith("COWD"u8))
            return "a VMDK disk";
        if (head.StartsWith("# Disk DescriptorFile"u8))
            return "a VMDK descriptor, which only names the files of a disk";
        if (head.StartsWith("vhdxfile"u8))
            return "a VHDX disk";
        if (head.StartsWith("conectix"u8))
            return "a VHD disk";
        if (head.StartsWith("<<< "u8))
            return "a VirtualBox disk";
        if (head.StartsWith("QED\0"u8))
            return "a QED disk";
        if (head.StartsWith((ReadOnlySpan<byte>)[0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe]))
            return "encrypted (LUKS)";
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]))
            return "compressed with gzip";
        if (head.StartsWith((ReadOnlySpan<byte>)[0xfd, 0x37, 0x7a, 0x58, 0x5a]))
            return "compressed with xz";
        if (head.StartsWith((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd]))
            return "compressed with zstd";
        if (head.StartsWith("BZh"u8))
            return "compressed with bzip2";
        if (head.StartsWith("PK\x03\x04"u8))
            return "a ZIP archive";
        return At(head, 257, "ustar"u8) ? "a tar archive (an OVA is one)" : null;
    }

    private static string RemedyFor(string other) =>
        other.StartsWith("compressed", StringComparison.Ordinal) ? "decompress it first."
        : other.Contains("archive", StringComparison.Ordinal) ? "take the disk out of it first."
        : other.StartsWith("encrypted", StringComparison.Ordinal) ? "decrypt it first."
        : "convert it first, with qemu-img convert -O qcow2.";

    private static bool LooksLikeDisk(ReadOnlySpan<byte> head) =>
        head.Length >= Sector
        && (
            BinaryPrimitives.ReadUInt16LittleEndian(head[510..]) == 0xaa55 // boot sector: MBR, GPT, FAT, NTFS
            || At(head, 512, "EFI PART"u8)
            || At(head, 4096, "EFI PART"u8)
            || At(head, 0x438, [0x53, 0xef]) // ext2, ext3, ext4
            || At(head, 0, "XFSB"u8)
            || At(head, 0, "hsqs"u8)
            || At(head, 0x8001, "CD001"u8)
            || At(head, 0x10040, "_BHRfS_M"u8)
            || At(head, 512, "LABELONE"u8)
            || At(head, 0x218, "LVM2 001"u8)
        );

    private static bool At(ReadOnlySpan<byte> head, int offset, ReadOnlySpan<byte> what) =>
        head.Length >= offset + what.Length && head[offset..].StartsWith(what);
}
