using System.Net;
using System.Net.Sockets;

namespace Anyvisor.Client;

/// <summary>Connects while holding the thread: for a client that blocks, this spares the machinery of asynchronous sockets.</summary>
internal static class DirectConnection
{
    internal static ValueTask<Stream> Open(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var target = context.DnsEndPoint;
        var socket = IPAddress.TryParse(target.Host, out var address)
            ? new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.NoDelay = true;
            using var abandon = cancellationToken.UnsafeRegister(static s => ((Socket)s!).Dispose(), socket);
            if (address is null)
                socket.Connect(target.Host, target.Port);
            else
                socket.Connect(address, target.Port);
            return new ValueTask<Stream>(new NetworkStream(socket, ownsSocket: true));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
