using System.Net.WebSockets;
using Anyvisor.Driver;
using Anyvisor.Driver.Http;

namespace Anyvisor.Drivers.VSphere.Consoles;

/// <summary>Connects to a console by its ticket. The certificate is the one that the ticket names, and no other.</summary>
internal static class WebConsole
{
    /// <summary>What WebMKS calls frames of bytes; old hosts know the first alone.</summary>
    private static readonly string[] Protocols = ["binary", "uint8utf8"];

    public static async Task<Stream> OpenAsync(WebTicket ticket, Uri system, ProviderAddress address, string guest, CancellationToken cancellationToken)
    {
        var at = Address(ticket, system);
        // Over a line that is not TLS (a simulator on this machine) nothing is to be judged.
        var trust = ServerTrust.Of(ticket.Thumbprint is { } print ? address with { Insecure = false, Settings = address.Settings.SetItem("thumbprint", print) } : address);
        var socket = new ClientWebSocket();
        try
        {
            foreach (var protocol in Protocols)
                socket.Options.AddSubProtocol(protocol);
            socket.Options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                trust.Judge(certificate, errors, at.IdnHost, chain) is { } objection ? throw new ProviderException(ProviderError.Unreachable, $"{at.Authority} is not trusted: {objection}") : true;
            await socket.ConnectAsync(at, cancellationToken).ConfigureAwait(false);
            return WebSocketStream.Create(socket, WebSocketMessageType.Binary, ownsWebSocket: true);
        }
        catch (WebSocketException e)
        {
            socket.Dispose();
            throw e.GetBaseException() as ProviderException ?? Chain(e).OfType<ProviderException>().FirstOrDefault()
                ?? new ProviderException(ProviderError.Unreachable, $"The console of '{guest}' at {at.Authority} can't be reached: {e.GetBaseException().Message}. Guests' hosts have to be reachable from here, by their names.", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Uri Address(WebTicket ticket, Uri system)
    {
        if (ticket.Url is { } given && Uri.TryCreate(given, UriKind.Absolute, out var whole) && whole.Scheme is "wss" or "ws")
            return new Uri(given);
        var scheme = system.Scheme == "http" ? "ws" : "wss";
        return new UriBuilder(scheme, ticket.Host ?? system.IdnHost, ticket.Port, $"/ticket/{ticket.Value}").Uri;
    }

    private static IEnumerable<Exception> Chain(Exception e)
    {
        for (Exception? at = e; at is not null; at = at.InnerException)
            yield return at;
    }
}
