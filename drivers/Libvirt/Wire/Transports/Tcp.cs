using System.Net.Sockets;

namespace Anyvisor.Drivers.Libvirt.Wire.Transports;

internal static class Tcp
{
    private const int DefaultPort = 16509;

    public static async Task<Line> OpenAsync(LibvirtUri uri, CancellationToken cancellationToken)
    {
        var stream = await ConnectAsync(uri.Host, uri.Port ?? DefaultPort, cancellationToken).ConfigureAwait(false);
        return new Line(stream, $"libvirt at {uri.Host}:{uri.Port ?? DefaultPort}", isSecure: false);
    }

    public static async Task<NetworkStream> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            await socket.ConnectAsync(host, port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is SocketException refused)
                throw LibvirtException.Transport($"no connection to {host} port {port}: {refused.Message}", refused);
            throw;
        }
    }
}
