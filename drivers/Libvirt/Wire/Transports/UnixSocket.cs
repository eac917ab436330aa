using System.Net.Sockets;

namespace Anyvisor.Drivers.Libvirt.Wire.Transports;

internal static class UnixSocket
{
    private static readonly TimeSpan SpawnPoll = TimeSpan.FromMilliseconds(50);

    public static async Task<Line> OpenAsync(LibvirtUri uri, LibvirtClientOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        if (uri.Socket is { } given)
            return await ConnectAsync(given, cancellationToken).ConfigureAwait(false);
        var place = DaemonSocket.Choose(uri, options.ReadOnly, DaemonSurroundings.OfThisProcess());
        if (place.MaySpawn && !File.Exists(place.Path))
            await SpawnAsync(place, time, cancellationToken).ConfigureAwait(false);
        return await ConnectAsync(place.Path, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<Line> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return new Line(new NetworkStream(socket, ownsSocket: true), $"libvirt at {path}", isSecure: true);
        }
        catch (Exception e)
        {
            socket.Dispose();
            throw e switch
            {
                SocketException { SocketErrorCode: SocketError.AccessDenied } denied => new LibvirtException(
                    LibvirtFailure.Authentication, $"no right to open {path}: run as root or as a member of the group libvirt", denied),
                SocketException or ArgumentException => LibvirtException.Transport(
                    File.Exists(path)
                        ? $"nobody answers on {path}: is the libvirt daemon running? ({e.Message})"
                        : $"there is no socket {path}: is the libvirt daemon installed and running?", e),
                _ => e,
            };
        }
    }

    /// <summary>
    /// A user's own daemon starts when somebody asks for it and leaves when nobody has for two minutes. Two that
    /// start it at once are no harm: the second daemon finds the first one's lock and ends.
    /// </summary>
    private static async Task SpawnAsync(DaemonSocket place, TimeProvider time, CancellationToken cancellationToken)
    {
        if (place.Daemon is null)
        {
            throw LibvirtException.Transport(
                $"there is no socket {place.Path}, and neither virt{place.Driver}d nor libvirtd is installed to make it");
        }
        using var daemon = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(place.Daemon, ["--timeout=120", "--daemon"])
        {
            UseShellExecute = false,
        }) ?? throw LibvirtException.Transport($"{place.Daemon} did not start");
        await daemon.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        while (!File.Exists(place.Path))
        {
            if (daemon.ExitCode != 0)
                throw LibvirtException.Transport($"{place.Daemon} ended with {daemon.ExitCode} and left no socket {place.Path}");
            await Task.Delay(SpawnPoll, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
