namespace Anyvisor.Drivers.Libvirt.Wire.Transports;

/// <summary>An open way to a daemon: bytes in, bytes out. Belongs to one connection.</summary>
internal class Line(Stream stream, string peer, bool isSecure) : IAsyncDisposable
{
    public Stream Stream { get; } = stream;

    /// <summary>Who is at the other end, for errors.</summary>
    public string Peer { get; } = peer;

    /// <summary>Nobody can listen in: TLS, SSH, or it never leaves the machine.</summary>
    public bool IsSecure { get; } = isSecure;

    /// <summary>What the line's break was about, where the transport knows more than 'end of stream'.</summary>
    public virtual ValueTask<LibvirtException> ExplainAsync(LibvirtException failure) => ValueTask.FromResult(failure);

    public virtual ValueTask DisposeAsync() => Stream.DisposeAsync();
}
