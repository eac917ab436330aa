using Anyvisor.Drivers.Libvirt.Wire.Rpc;

namespace Anyvisor.Drivers.Libvirt.Wire;

internal sealed record LibvirtClientOptions
{
    public static LibvirtClientOptions Default { get; } = new();

    /// <summary>For line, sign-in and opening the hypervisor, all together.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Opens without the right to change anything (VIR_CONNECT_RO).</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Where the system's ssh is; found through PATH by default.</summary>
    public string SshCommand { get; init; } = "ssh";

    /// <summary>The SHA-256 fingerprint of the one certificate that a TLS daemon may show, as hexadecimal digits; null leaves it to the CA.</summary>
    public string? TlsFingerprint { get; init; }

    public RpcOptions Rpc { get; init; } = new();
}
