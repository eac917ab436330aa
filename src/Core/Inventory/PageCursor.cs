using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Anyvisor.Core.Inventory.Filters;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory;

/// <summary>
/// Where a page ended: the sort values and the id of its last item. It holds values and no offset, so the next page
/// goes on behind them whatever came or went in between.
/// </summary>
internal sealed record PageCursor(ImmutableArray<SortValue> Values, ObjectId Id)
{
    private const int CheckLength = 8;
    private const int MaximumLength = 8192;

    /// <param name="scope">What the cursor belongs to: kind, filter and sort. A cursor of another query is refused.</param>
    internal string Write(string scope)
    {
        using var stream = new MemoryStream();
        stream.Write(new byte[CheckLength]);
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Id.High);
            writer.Write(Id.Low);
            writer.Write((byte)Values.Length);
            foreach (var value in Values)
            {
                writer.Write((byte)(!value.Present ? 0 : value.Text is null ? 1 : 2));
                if (value.Text is not null)
                    writer.Write(value.Text);
                else if (value.Present)
                    writer.Write(value.Number);
            }
        }
        var bytes = stream.ToArray();
        Check(scope, bytes.AsSpan(CheckLength), bytes);
        return Base64Url.EncodeToString(bytes);
    }

    /// <exception cref="QueryException">It is damaged, or of another query.</exception>
    internal static PageCursor? Read(string? text, string scope, int keys)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        if (text.Length > MaximumLength || !Base64Url.IsValid(text, out var length) || length < CheckLength)
            throw Invalid();
        var bytes = Base64Url.DecodeFromChars(text);
        Span<byte> check = stackalloc byte[CheckLength];
        Check(scope, bytes.AsSpan(CheckLength), check);
        if (!check.SequenceEqual(bytes.AsSpan(0, CheckLength)))
            throw Invalid();
        try
        {
            return Read(bytes, keys);
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException)
        {
            throw Invalid();
        }
    }

    private static PageCursor Read(byte[] bytes, int keys)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes, CheckLength, bytes.Length - CheckLength), Encoding.UTF8);
        var id = new ObjectId(reader.ReadUInt64(), reader.ReadUInt64());
        var values = new SortValue[reader.ReadByte()];
        for (var i = 0; i < values.Length; i++)
            values[i] = reader.ReadByte() switch
            {
                0 => default,
                1 => new SortValue(true, reader.ReadInt64(), null),
                _ => new SortValue(true, 0, reader.ReadString()),
            };
        return values.Length == keys ? new PageCursor([.. values], id) : throw Invalid();
    }

    private static void Check(string scope, ReadOnlySpan<byte> body, Span<byte> into)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(scope));
        hash.AppendData([0]);
        hash.AppendData(body);
        hash.GetHashAndReset().AsSpan(0, CheckLength).CopyTo(into);
    }

    private static QueryException Invalid() =>
        new(QueryPart.Cursor, "The cursor is damaged or belongs to another filter or sort. Take nextCursor from a page of this very list, or leave it out to begin anew.");
}
