using System.Buffers.Binary;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim.Estate;

/// <summary>
/// UUIDs that hold the number of their guest, scrambled: from a UUID the guest is found without a table of a million.
/// </summary>
internal static class Identity
{
    private const uint Scramble = 0x9E3779B1;
    private const uint Unscramble = 0x0E8B2F51; // the inverse of Scramble modulo 2^32

    public static Guid OfGuest(ulong seed, int index, int generation)
    {
        var draw = new Draw(seed, Purpose.GuestIdentity, index, generation);
        return Make(((uint)index ^ (uint)seed) * Scramble, draw.Next(), draw.Next());
    }

    public static Guid Of(ulong seed, Purpose purpose, int index)
    {
        var draw = new Draw(seed, purpose, index);
        return Make((uint)draw.Next(), draw.Next(), draw.Next());
    }

    /// <summary>The number that the UUID would have: whoever asks has to compare the whole.</summary>
    public static int IndexIn(ulong seed, Guid uuid)
    {
        Span<byte> bytes = stackalloc byte[16];
        uuid.TryWriteBytes(bytes, bigEndian: true, out _);
        return (int)((BinaryPrimitives.ReadUInt32BigEndian(bytes) * Unscramble) ^ (uint)seed);
    }

    public static NativeId Native(Guid uuid) => new(uuid);

    private static Guid Make(uint head, ulong middle, ulong tail)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, head);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], (uint)middle);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], tail);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
