using System.Buffers.Binary;
using System.Text;

namespace Anyvisor.Drivers.Libvirt.Seed;

internal sealed record IsoFile(string Name, byte[] Content);

/// <summary>
/// Writes a small CD image: ISO 9660 with one folder, and the same files under their true names by Joliet, which
/// Linux, BSD and Windows all read. Written here because the tools of the field would have to be on our side of the
/// line, and the whole format that is needed fits this page.
/// </summary>
internal static class IsoImage
{
    private const int Sector = 2048;

    // The first 16 sectors belong to the system; then primary, Joliet and end descriptor, path tables, two folders.
    private const int Primary = 16;
    private const int Joliet = 17;
    private const int End = 18;
    private const int PathTables = 19;
    private const int PlainFolder = 23;
    private const int JolietFolder = 24;
    private const int FirstFile = 25;

    /// <param name="label">At most 16 characters.</param>
    /// <param name="files">As many as fit one sector of folder: about thirty.</param>
    public static byte[] Build(string label, IReadOnlyList<IsoFile> files)
    {
        var places = new int[files.Count];
        var next = FirstFile;
        for (var i = 0; i < files.Count; i++)
        {
            places[i] = next;
            next += Math.Max(1, (files[i].Content.Length + Sector - 1) / Sector);
        }
        var image = new byte[next * Sector];
        Descriptor(At(image, Primary), 1, label, next, PathTables, PlainFolder, joliet: false);
        Descriptor(At(image, Joliet), 2, label, next, PathTables + 2, JolietFolder, joliet: true);
        Terminator(At(image, End));
        PathTable(image, PathTables, PlainFolder);
        PathTable(image, PathTables + 2, JolietFolder);
        Folder(At(image, PlainFolder), PlainFolder, files, places, joliet: false);
        Folder(At(image, JolietFolder), JolietFolder, files, places, joliet: true);
        for (var i = 0; i < files.Count; i++)
            files[i].Content.CopyTo(image, places[i] * Sector);
        return image;
    }

    private static Span<byte> At(byte[] image, int sector) => image.AsSpan(sector * Sector, Sector);

    private static void Descriptor(Span<byte> d, byte type, string label, int sectors, int pathTable, int folder, bool joliet)
    {
        d[0] = type;
        "CD001"u8.CopyTo(d[1..]);
        d[6] = 1;
        Text(d.Slice(8, 32), "", joliet);
        Text(d.Slice(40, 32), label, joliet);
        Both32(d[80..], sectors);
        if (joliet)
            "%/E"u8.CopyTo(d[88..]); // UCS-2 level 3
        Both16(d[120..], 1);
        Both16(d[124..], 1);
        Both16(d[128..], Sector);
        Both32(d[132..], 10);
        BinaryPrimitives.WriteInt32LittleEndian(d[140..], pathTable);
        BinaryPrimitives.WriteInt32BigEndian(d[148..], pathTable + 1);
        Record(d.Slice(156, 34), folder, Sector, folder: true, [0]);
        foreach (var (start, length) in (ReadOnlySpan<(int, int)>)[(190, 128), (318, 128), (446, 128), (574, 128), (702, 37), (739, 37), (776, 37)])
            Text(d.Slice(start, length), "", joliet);
        foreach (var start in (ReadOnlySpan<int>)[813, 830, 847, 864])
            d.Slice(start, 16).Fill((byte)'0');
        d[881] = 1;
    }

    private static void Terminator(Span<byte> d)
    {
        d[0] = 255;
        "CD001"u8.CopyTo(d[1..]);
        d[6] = 1;
    }

    private static void PathTable(byte[] image, int sector, int folder)
    {
        var little = At(image, sector);
        little[0] = 1;
        BinaryPrimitives.WriteInt32LittleEndian(little[2..], folder);
        BinaryPrimitives.WriteInt16LittleEndian(little[6..], 1);
        var big = At(image, sector + 1);
        big[0] = 1;
        BinaryPrimitives.WriteInt32BigEndian(big[2..], folder);
        BinaryPrimitives.WriteInt16BigEndian(big[6..], 1);
    }

    private static void Folder(Span<byte> d, int self, IReadOnlyList<IsoFile> files, int[] places, bool joliet)
    {
        var at = Record(d, self, Sector, folder: true, [0]);
        at += Record(d[at..], self, Sector, folder: true, [1]);
        // The standard wants them in order of name.
        foreach (var i in Enumerable.Range(0, files.Count).OrderBy(i => files[i].Name, StringComparer.Ordinal))
        {
            var name = joliet
                ? Encoding.BigEndianUnicode.GetBytes(files[i].Name)
                : Encoding.ASCII.GetBytes(files[i].Name.ToUpperInvariant().Replace('-', '_') + ".;1");
            at += Record(d[at..], places[i], files[i].Content.Length, folder: false, name);
        }
    }

    private static int Record(Span<byte> d, int sector, int length, bool folder, ReadOnlySpan<byte> name)
    {
        var size = 33 + name.Length + (name.Length % 2 == 0 ? 1 : 0);
        d[0] = (byte)size;
        Both32(d[2..], sector);
        Both32(d[10..], length);
        // 2020-01-01 00:00 UTC: the same input gives the same bytes.
        ReadOnlySpan<byte> date = [120, 1, 1, 0, 0, 0, 0];
        date.CopyTo(d[18..]);
        d[25] = (byte)(folder ? 2 : 0);
        Both16(d[28..], 1);
        d[32] = (byte)name.Length;
        name.CopyTo(d[33..]);
        return size;
    }

    private static void Text(Span<byte> d, string text, bool joliet)
    {
        if (!joliet)
        {
            d.Fill((byte)' ');
            Encoding.ASCII.GetBytes(text, d);
            return;
        }
        for (var i = 0; i + 1 < d.Length; i += 2)
            BinaryPrimitives.WriteUInt16BigEndian(d[i..], i / 2 < text.Length ? text[i / 2] : ' ');
    }

    private static void Both16(Span<byte> d, int value)
    {
        BinaryPrimitives.WriteInt16LittleEndian(d, (short)value);
        BinaryPrimitives.WriteInt16BigEndian(d[2..], (short)value);
    }

    private static void Both32(Span<byte> d, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(d, value);
        BinaryPrimitives.WriteInt32BigEndian(d[4..], value);
    }
}
