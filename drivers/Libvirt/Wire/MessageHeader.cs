using System.Buffers.Binary;

namespace Anyvisor.Drivers.Libvirt.Wire;

internal enum MessageType
{
    Call = 0,
    Reply = 1,
    Message = 2,
    Stream = 3,
    CallWithDescriptors = 4,
    ReplyWithDescriptors = 5,
    StreamHole = 6,
}

internal enum MessageStatus
{
    Ok = 0,
    Error = 1,
    Continue = 2,
}

/// <summary>What stands in front of every message, behind its length.</summary>
internal readonly record struct MessageHeader(
    uint Program, uint Version, int Procedure, MessageType Type, uint Serial, MessageStatus Status)
{
    /// <summary>With the length word.</summary>
    public const int Size = 28;

    public static MessageHeader Read(ReadOnlySpan<byte> frame) => new(
        BinaryPrimitives.ReadUInt32BigEndian(frame[4..]),
        BinaryPrimitives.ReadUInt32BigEndian(frame[8..]),
        BinaryPrimitives.ReadInt32BigEndian(frame[12..]),
        (MessageType)BinaryPrimitives.ReadInt32BigEndian(frame[16..]),
        BinaryPrimitives.ReadUInt32BigEndian(frame[20..]),
        (MessageStatus)BinaryPrimitives.ReadInt32BigEndian(frame[24..]));

    public void Write(Span<byte> frame, int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(frame, length);
        BinaryPrimitives.WriteUInt32BigEndian(frame[4..], Program);
        BinaryPrimitives.WriteUInt32BigEndian(frame[8..], Version);
        BinaryPrimitives.WriteInt32BigEndian(frame[12..], Procedure);
        BinaryPrimitives.WriteInt32BigEndian(frame[16..], (int)Type);
        BinaryPrimitives.WriteUInt32BigEndian(frame[20..], Serial);
        BinaryPrimitives.WriteInt32BigEndian(frame[24..], (int)Status);
    }
}
