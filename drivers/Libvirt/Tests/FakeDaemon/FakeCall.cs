using System.Buffers.Binary;
using System.Text;

namespace Anyvisor.Drivers.Libvirt.Tests.FakeDaemon;

/// <summary>A message as it came from the client, and a cursor through its payload.</summary>
internal sealed class FakeCall(uint program, int procedure, int type, uint serial, int status, byte[] payload)
{
    private int _at;

    public uint Program { get; } = program;

    public int Procedure { get; } = procedure;

    public int Type { get; } = type;

    public uint Serial { get; } = serial;

    public int Status { get; } = status;

    public byte[] Payload { get; } = payload;

    public int Int()
    {
        var value = BinaryPrimitives.ReadInt32BigEndian(Payload.AsSpan(_at));
        _at += 4;
        return value;
    }

    public string Text()
    {
        var length = Int();
        var text = Encoding.UTF8.GetString(Payload, _at, length);
        _at += (length + 3) / 4 * 4;
        return text;
    }

    public string? MaybeText() => Int() == 0 ? null : Text();

    public byte[] WideChars()
    {
        var chars = new byte[Int()];
        for (var i = 0; i < chars.Length; i++)
            chars[i] = (byte)Int();
        return chars;
    }
}
