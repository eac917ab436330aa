using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Anyvisor.Driver;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Wire.Transports;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Consoles;

/// <summary>
/// A way to a VNC server, which libvirt's protocol does not carry: straight to its socket or port on this machine, through
/// <c>ssh -W</c> to a host that we reach by SSH, and to a host's outer address where it listens there.
/// </summary>
internal static class ScreenLine
{
    /// <summary>Why a screen can't be reached by this connection; null when it can.</summary>
    public static ActionReason? WhyNot(LibvirtUri uri, Graphics screen)
    {
        if (screen is { Port: null, Socket: null })
            return new ActionReason("no-listener", "Its VNC server has neither a port nor a socket.");
        return uri.Transport switch
        {
            LibvirtTransport.Unix => null,
            LibvirtTransport.Ssh when screen.Port is not null => null,
            LibvirtTransport.Ssh => new ActionReason("remote-socket", "Its VNC server listens on a unix socket of the host, which ssh can't forward to: let it listen on 127.0.0.1 there."),
            _ when screen.Port is not null && (!IsLoopback(screen.Address) || IsLoopback(uri.Host)) => null,
            _ => new ActionReason("remote-loopback", "Its VNC server listens on the host's loopback address only: connect to the host by SSH (qemu+ssh://) to reach it."),
        };
    }

    public static async Task<Stream> OpenAsync(LibvirtUri uri, Graphics screen, CancellationToken cancellationToken)
    {
        try
        {
            return uri.Transport switch
            {
                LibvirtTransport.Unix when screen.Socket is { } path => await ConnectAsync(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), s => s.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken)).ConfigureAwait(false),
                LibvirtTransport.Unix => await TcpAsync(Local(screen.Address), screen.Port!.Value, cancellationToken).ConfigureAwait(false),
                LibvirtTransport.Ssh => Ssh(uri, Local(screen.Address), screen.Port!.Value),
                _ => await TcpAsync(uri.Host, screen.Port!.Value, cancellationToken).ConfigureAwait(false),
            };
        }
        catch (Exception e) when (e is SocketException or Win32Exception or IOException)
        {
            throw new ProviderException(ProviderError.Unreachable, $"The VNC server at {screen.Socket ?? $"{screen.Address}:{screen.Port}"} does not answer: {e.Message}", e);
        }
    }

    private static bool IsLoopback(string? address) => address is null or "localhost" or "::1" || address.StartsWith("127.", StringComparison.Ordinal);

    // Listening on every address includes loopback.
    private static string Local(string? address) => address is null or "0.0.0.0" or "::" ? "127.0.0.1" : address;

    private static Task<Stream> TcpAsync(string host, int port, CancellationToken cancellationToken) =>
        ConnectAsync(new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }, s => s.ConnectAsync(host, port, cancellationToken));

    private static async Task<Stream> ConnectAsync(Socket socket, Func<Socket, ValueTask> connect)
    {
        try
        {
            await connect(socket).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static ProcessStream Ssh(LibvirtUri uri, string address, int port)
    {
        List<string> arguments = ["-T", "-e", "none", "-o", "BatchMode=yes", "-o", "ClearAllForwardings=no", "-W", string.Create(CultureInfo.InvariantCulture, $"{address}:{port}")];
        if (uri.Port is { } sshPort)
            arguments.AddRange(["-p", sshPort.ToString(CultureInfo.InvariantCulture)]);
        if (uri.User is { } user)
            arguments.AddRange(["-l", user]);
        if (uri.KeyFile is { } key)
            arguments.AddRange(["-i", key, "-o", "IdentitiesOnly=yes"]);
        if (uri.KnownHosts is { } known)
            arguments.AddRange(["-o", $"UserKnownHostsFile=\"{known.Replace("\"", "", StringComparison.Ordinal)}\""]);
        if (uri.NoVerify)
            arguments.AddRange(["-o", "StrictHostKeyChecking=no"]);
        arguments.AddRange(["--", uri.Host]);
        var start = new ProcessStartInfo(LibvirtClientOptions.Default.SshCommand, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        var process = Process.Start(start) ?? throw new IOException("ssh did not start");
        return new ProcessStream(process, new DuplexStream(process.StandardOutput.BaseStream, process.StandardInput.BaseStream));
    }
}
