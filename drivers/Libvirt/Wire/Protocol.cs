namespace Anyvisor.Drivers.Libvirt.Wire;

/// <summary>The constants of libvirt's RPC layer (virnetprotocol.x) that no table entry carries.</summary>
internal static class Protocol
{
    /// <summary>The largest message with its length word (VIR_NET_MESSAGE_MAX and four bytes of length).</summary>
    public const int MessageMax = 33554432 + 4;

    /// <summary>The longest text (REMOTE_STRING_MAX).</summary>
    public const int StringMax = 4194304;

    /// <summary>What one packet of stream data carries (VIR_NET_MESSAGE_LEGACY_PAYLOAD_MAX).</summary>
    public const int StreamPacketMax = 262120;

    public const uint KeepAliveProgram = 0x6b656570;
    public const int KeepAlivePing = 1;
    public const int KeepAlivePong = 2;
}

/// <summary>One procedure of a program, named as the protocol names it.</summary>
/// <param name="Slow">It may wait for a hypervisor, a guest or a disk.</param>
internal sealed record Procedure(uint Program, uint Version, int Number, string Name, bool Slow);
