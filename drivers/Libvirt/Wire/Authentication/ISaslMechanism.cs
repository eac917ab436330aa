namespace Anyvisor.Drivers.Libvirt.Wire.Authentication;

/// <summary>The client's side of one SASL exchange. Knows no line and no encoding of libvirt's.</summary>
internal interface ISaslMechanism
{
    string Name { get; }

    /// <summary>The server has proved what it must, or has nothing to prove.</summary>
    bool IsComplete { get; }

    byte[] Start();

    /// <summary>The answer to a challenge; null when there is nothing left to say.</summary>
    /// <exception cref="LibvirtException">The server does not know the password, or breaks the exchange's rules.</exception>
    byte[]? Step(byte[] challenge);
}
