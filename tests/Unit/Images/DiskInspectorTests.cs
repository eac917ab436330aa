using System.Buffers.Binary;
using Anyvisor.Core.Images.Disks;
using Anyvisor.Core.Problems;
using Xunit;

namespace Anyvisor.Unit.Tests.Images;

public sealed class DiskInspectorTests
{
    private const long Capacity = 1L << 30;

    [Fact]
    public void A_plain_qcow2_is_taken_with_its_capacity() =>
        Assert.Equal(new DiskFile("qcow2", Capacity), DiskInspector.Inspect(Qcow2(), 1 << 20));

    [Fact]
    public void A_raw_disk_is_known_by_its_boot_sector()
    {
        var disk = new byte[4096];
        BinaryPrimitives.WriteUInt16LittleEndian(disk.AsSpan(510), 0xaa55);

        Assert.Equal(new DiskFile("raw", 4096), DiskInspector.Inspect(disk, 4096));
        Assert.Contains("cut off", Refused(disk, 4000).Problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8, 8, 1024UL, "backing file")]
    [InlineData(72, 8, 4UL, "another file")]
    [InlineData(104, 8, 0x4441544100000008UL, "another file")]
    [InlineData(104, 8, 0xe2792aca00000005UL, "backing format")]
    [InlineData(104, 8, 0x0537be7700000010UL, "encrypted")]
    [InlineData(104, 8, 0x12345678ffffffffUL, "beyond its header")]
    [InlineData(32, 4, 2UL, "encrypted")]
    [InlineData(72, 8, 2UL, "corrupt")]
    [InlineData(72, 8, 1UL << 40, "features")]
    [InlineData(4, 4, 9UL, "version")]
    [InlineData(20, 4, 40UL, "clusters")]
    [InlineData(24, 8, ulong.MaxValue, "it takes 1 byte")]
    [InlineData(36, 4, 0UL, "too small")]
    [InlineData(40, 8, 1UL << 50, "beyond its end")]
    [InlineData(100, 4, 5UL, "header has 5 bytes")]
    public void A_qcow2_that_names_others_or_is_absurd_is_refused(int offset, int size, ulong value, string says)
    {
        var header = Qcow2();
        if (size == 8)
            BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(offset), value);
        else
            BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(offset), (uint)value);

        var refused = Refused(header, 1 << 20);

        Assert.Equal(ProblemTypes.InvalidArgument, refused.Problem.Type);
        Assert.Contains(says, refused.Problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("# Disk DescriptorFile\nRW 100 FLAT \"/etc/shadow\" 0", "VMDK descriptor")]
    [InlineData("KDMV", "VMDK")]
    [InlineData("vhdxfile", "VHDX")]
    [InlineData("BZh91AY", "bzip2")]
    [InlineData("PK\u0003\u0004", "ZIP")]
    [InlineData("root:x:0:0:root:/root:/bin/bash", "no disk image")]
    [InlineData("", "no disk image")]
    public void What_is_neither_qcow2_nor_raw_is_refused_by_its_name(string content, string says)
    {
        var bytes = new byte[1024];
        System.Text.Encoding.ASCII.GetBytes(content, bytes);

        Assert.Contains(says, Refused(bytes, 1024).Problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_header_is_taken_or_refused_and_nothing_else()
    {
        var random = new Random(20261122);
        var taken = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = Qcow2();
            for (var flips = random.Next(1, 12); flips > 0; flips--)
                bytes[random.Next(120)] = (byte)random.Next(256);
            var length = random.Next(bytes.Length);
            try
            {
                taken += DiskInspector.Inspect(bytes.AsSpan(0, length), 1 << 20).Capacity > 0 ? 1 : 0;
            }
            catch (CommandException) { }
        }
        Assert.InRange(taken, 0, 20_000);
    }

    private static CommandException Refused(byte[] head, long length) => Assert.Throws<CommandException>(() => DiskInspector.Inspect(head, length));

    private static byte[] Qcow2()
    {
        var header = new byte[1024];
        var span = header.AsSpan();
        Qcow2Header.Magic.CopyTo(span);
        BinaryPrimitives.WriteUInt32BigEndian(span[4..], 3);
        BinaryPrimitives.WriteUInt32BigEndian(span[20..], 16);
        BinaryPrimitives.WriteUInt64BigEndian(span[24..], Capacity);
        BinaryPrimitives.WriteUInt32BigEndian(span[36..], 2);
        BinaryPrimitives.WriteUInt64BigEndian(span[40..], 0x30000);
        BinaryPrimitives.WriteUInt32BigEndian(span[100..], 104);
        return header;
    }
}
