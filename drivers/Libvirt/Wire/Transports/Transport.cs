namespace Anyvisor.Drivers.Libvirt.Wire.Transports;

/// <summary>Makes the line that a URI asks for.</summary>
internal static class Transport
{
    /// <exception cref="LibvirtException">No line: says to whom, why, and what to do.</exception>
    public static Task<Line> OpenAsync(LibvirtUri uri, LibvirtClientOptions options, TimeProvider time, CancellationToken cancellationToken) =>
        uri.Transport switch
        {
            LibvirtTransport.Unix => UnixSocket.OpenAsync(uri, options, time, cancellationToken),
            LibvirtTransport.Tcp => Tcp.OpenAsync(uri, cancellationToken),
            LibvirtTransport.Tls => Tls.OpenAsync(uri, options.TlsFingerprint, cancellationToken),
            _ => Ssh.OpenAsync(uri, options, time, cancellationToken),
        };
}
