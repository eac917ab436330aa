using System.Globalization;
using System.Net;

namespace Anyvisor.Server.Startup;

/// <summary>The address to listen on, and who may be let near it.</summary>
internal static class ListenAddress
{
    internal static IPEndPoint Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        var (host, portText) = colon < 0 ? ("", text) : (text[..colon], text[(colon + 1)..]);
        if (!ushort.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            throw new UsageException($"--listen is ADDRESS:PORT as in 127.0.0.1:8440, not '{text}'.");
        var address = host switch
        {
            "" or "localhost" => IPAddress.Loopback,
            "*" => IPAddress.IPv6Any,
            _ => IPAddress.TryParse(host.AsSpan().Trim("[]"), out var parsed)
                ? parsed
                : throw new UsageException($"--listen takes an IP address of this machine, '*' or 'localhost', not '{host}'."),
        };
        return new IPEndPoint(address, port);
    }

    /// <summary>Tokens cross the wire in every request: in plain HTTP they stay on this machine unless a person says otherwise.</summary>
    /// <exception cref="UsageException">Other machines reach the address and the traffic would not be encrypted.</exception>
    internal static void RefuseUnprotected(ServerOptions options)
    {
        if (IPAddress.IsLoopback(options.Listen.Address) || options.Tls || options.InsecureHttp)
            return;
        throw new UsageException(
            $"Other machines reach {options.Listen}, and without TLS they could read every token on the way. "
                + "Give --tls-cert and --tls-key, listen on 127.0.0.1 behind a proxy that speaks TLS, or accept it with --insecure-http."
        );
    }

    internal static string Url(IPEndPoint address, bool tls)
    {
        var host = address.Address switch
        {
            var any when any.Equals(IPAddress.Any) => "127.0.0.1",
            var any when any.Equals(IPAddress.IPv6Any) => "[::1]",
            { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 } v6 => $"[{v6}]",
            var v4 => v4.ToString(),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{(tls ? "https" : "http")}://{host}:{address.Port}");
    }
}
