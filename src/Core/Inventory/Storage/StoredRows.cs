using System.Buffers.Text;
using Anyvisor.Core.Inventory.Columns;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Storage;

/// <summary>
/// Turns guests' rows of the store, which hold their texts, into rows of memory, which hold codes, without making the
/// guest in between: a start is mostly this. For one thread.
/// </summary>
internal sealed class StoredRows(Books books)
{
    private readonly RowWriter _to = new(books);
    private readonly Utf8Codes _texts = new();
    private readonly Utf8Codes _details = new();
    private readonly Utf8Codes _systems = new();
    private readonly Utf8Codes _tags = new();

    /// <summary>
    /// The row as it was last seen, of a provider that has not answered yet. Every value is looked at as if the guest
    /// were read: what is accepted here can be shown.
    /// </summary>
    /// <exception cref="InvalidDataException">It is damaged, or of another version.</exception>
    internal byte[] ToMemory(ReadOnlySpan<byte> stored, DateTime observedAt)
    {
        var from = new RowReader(stored, null);
        _to.Clear();
        if (from.Byte() != GuestRow.Version)
            throw new InvalidDataException("A stored guest is of another version.");
        _to.Byte(GuestRow.Version);
        _to.Bytes(from.Bytes(16));
        var flags = (GuestRowFlags)from.Byte();
        var isMissing = IsMissing(from, flags);
        _to.Byte((byte)(isMissing ? flags : flags | GuestRowFlags.Since));
        if ((flags & GuestRowFlags.Uuid) != 0)
            _to.Bytes(from.Bytes(16));
        else
            _to.TextBytes(Present(from.TextBytes(), "identity"));
        _to.TextBytes(Present(from.TextBytes(), "name"));
        CopyState(ref from, flags, isMissing, observedAt);
        CopyShape(ref from, flags);
        CopyDevices(ref from);
        CopyRest(ref from);
        return _to.Written.ToArray();
    }

    // The flags come before the words that decide one of them.
    private static bool IsMissing(RowReader from, GuestRowFlags flags)
    {
        if ((flags & GuestRowFlags.Uuid) != 0)
            from.Bytes(16);
        else
            from.SkipText();
        for (var text = 0; text < 6; text++)
            from.SkipText();
        return (Presence)from.Bytes(5)[(int)WordColumn.Presence] == Presence.Missing;
    }

    private void CopyState(ref RowReader from, GuestRowFlags flags, bool isMissing, DateTime observedAt)
    {
        Code(_texts, books.Texts, Present(from.TextBytes(), "provider"));
        for (var text = 0; text < 3; text++)
            Code(_texts, books.Texts, from.TextBytes());
        Code(_texts, books.Texts, Present(from.TextBytes(), "state"));
        var state = from.Bytes(5);
        _to.Bytes(state[..4]);
        _to.Byte(isMissing ? state[4] : (byte)Presence.Unreachable);
        var since = (flags & GuestRowFlags.Since) != 0 ? Time(from.Long()) : 0;
        if (!isMissing)
            _to.Long(observedAt.Ticks);
        else if ((flags & GuestRowFlags.Since) != 0)
            _to.Long(since);
    }

    private void CopyShape(ref RowReader from, GuestRowFlags flags)
    {
        _to.Bytes(from.Bytes(3));
        Code(_texts, books.Texts, from.TextBytes());
        _to.Number((int)from.Number());
        _to.Number(from.Number());
        if ((flags & GuestRowFlags.Created) != 0)
            _to.Long(Time(from.Long()));
        CopySystem(ref from);
        if ((flags & GuestRowFlags.Entitled) != 0)
            CopyEntitlement(ref from);
    }

    private void CopySystem(ref RowReader from)
    {
        var before = from;
        _ = from.Byte();
        from.SkipText();
        from.SkipText();
        var bytes = before.Until(from);
        if (!_systems.TryGet(bytes, out var code))
            _systems.Add(bytes, code = books.Systems.Code(GuestRow.ReadSystem(ref before)));
        _to.Number(code);
    }

    private void CopyEntitlement(ref RowReader from)
    {
        var units = from.TextBytes();
        if (!units.IsEmpty && !(Utf8Parser.TryParse(units, out decimal _, out var used) && used == units.Length))
            throw new InvalidDataException("A stored guest's entitlement is no number.");
        _to.TextBytes(units);
        _to.Byte(from.Byte());
        var weight = from.TextBytes();
        if (!weight.IsEmpty && !(Utf8Parser.TryParse(weight, out int _, out used) && used == weight.Length))
            throw new InvalidDataException("A stored guest's weight is no number.");
        _to.TextBytes(weight);
        _to.Byte(from.Byte());
    }

    private void CopyDevices(ref RowReader from)
    {
        for (var disks = Count(ref from); disks > 0; disks--)
        {
            Code(_details, books.Details, Present(from.TextBytes(), "disk"));
            Code(_details, books.Details, Present(from.TextBytes(), "disk"));
            Code(_details, books.Details, from.TextBytes());
            Code(_details, books.Details, from.TextBytes());
            var has = from.Byte();
            _to.Byte(has);
            if ((has & 1) != 0)
                _to.Number(from.Number());
            _to.TextBytes(from.TextBytes());
            Code(_details, books.Details, from.TextBytes());
        }
        for (var nics = Count(ref from); nics > 0; nics--)
        {
            _to.Number(from.Number());
            Code(_details, books.Details, from.TextBytes());
            Code(_details, books.Details, from.TextBytes());
            NicRow.CopyAddresses(ref from, _to);
        }
    }

    private void CopyRest(ref RowReader from)
    {
        CopyTags(ref from);
        for (var images = Count(ref from); images > 0; images--)
            Code(_details, books.Details, Present(from.TextBytes(), "image"));
        _to.TextBytes(from.TextBytes());
        for (var concerns = Count(ref from); concerns > 0; concerns--)
        {
            Code(_details, books.Details, Present(from.TextBytes(), "concern"));
            _to.Byte(from.Byte());
            Code(_details, books.Details, Present(from.TextBytes(), "concern"));
            Code(_details, books.Details, Present(from.TextBytes(), "concern"));
            Code(_details, books.Details, from.TextBytes());
        }
    }

    private void CopyTags(ref RowReader from)
    {
        var before = from;
        var count = from.Number();
        if (count < 0)
            throw new InvalidDataException("A stored guest has fewer than no tags.");
        for (var text = 0L; text < 2 * count; text++)
            Present(from.TextBytes(), "tag");
        if (count == 0)
        {
            _to.Number(0);
            return;
        }
        var bytes = before.Until(from);
        if (!_tags.TryGet(bytes, out var code))
            _tags.Add(bytes, code = books.Tags.Code(GuestRow.ReadTags(ref before)));
        _to.Number(code);
    }

    private long Count(ref RowReader from)
    {
        var count = from.Number();
        _to.Number(count);
        return count >= 0 ? count : throw new InvalidDataException("A stored guest has fewer than none of something.");
    }

    private void Code(Utf8Codes known, CodeBook<string> book, ReadOnlySpan<byte> text)
    {
        if (RowReader.IsNull(text))
        {
            _to.Number(0);
            return;
        }
        if (!known.TryGet(text, out var code))
            known.Add(text, code = book.Code(System.Text.Encoding.UTF8.GetString(text)));
        _to.Number(code);
    }

    private static ReadOnlySpan<byte> Present(ReadOnlySpan<byte> text, string what) =>
        RowReader.IsNull(text) ? throw new InvalidDataException($"A stored guest has no {what}.") : text;

    private static long Time(long ticks) =>
        ticks >= 0 && ticks <= DateTime.MaxValue.Ticks ? ticks : throw new InvalidDataException("A stored guest has a time that is none.");
}
