using System.Text;

namespace Anyvisor.Drivers.Libvirt.Wire.Authentication;

/// <summary>RFC 4616. The password goes over the line: only for lines that nobody can listen to.</summary>
internal sealed class PlainMechanism(LibvirtCredentials credentials) : ISaslMechanism
{
    public string Name => "PLAIN";

    public bool IsComplete => true;

    public byte[] Start()
    {
        if (credentials.User.Contains('\0', StringComparison.Ordinal) || credentials.Password.Contains('\0', StringComparison.Ordinal))
            throw LibvirtException.InvalidArgument("user or password holds a NUL character");
        return Encoding.UTF8.GetBytes($"\0{credentials.User}\0{credentials.Password}");
    }

    public byte[]? Step(byte[] challenge) => null;
}
