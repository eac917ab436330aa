using System.Collections.Immutable;
using System.Net.WebSockets;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Http;
using Anyvisor.Drivers.VCloud.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VCloud;

/// <summary>A guest's screen: RFB in a WebSocket at the console proxy, by a ticket for one connection.</summary>
internal sealed partial class Connection : IGuestConsole
{
    public async Task<ImmutableArray<ConsoleInfo>> ListConsolesAsync(Guest guest, CancellationToken cancellationToken)
    {
        var now = await ReadAsync(guest.NativeId, cancellationToken).ConfigureAwait(false) ?? throw NoSuchGuest(guest.Name);
        var state = Judge(Verb.ConsoleVnc, now.Guest, now.Facts);
        return [new ConsoleInfo(ConsoleKind.Vnc, state.Allowed, state.Reason)];
    }

    public async Task<Stream> OpenConsoleAsync(Guest guest, ConsoleKind kind, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(kind == ConsoleKind.Vnc ? Verb.ConsoleVnc : Verb.ConsoleSerial, guest, cancellationToken).ConfigureAwait(false);
        var ticket = await _client.SendAsync(VcdRequest.Post($"{now.Facts.Path}/screen/action/acquireMksTicket", $"asking for the console of '{now.Guest.Name}'"), cancellationToken).ConfigureAwait(false);
        if (ticket.Text("Host") is not { } host || ticket.Text("Ticket") is not { } secret)
            throw new ProviderException(ProviderError.ProtocolViolation, $"{_client.Where} gives a console ticket for '{now.Guest.Name}' without host or ticket.");
        var at = Address(host, VcdXml.Whole(ticket.Text("Port")), secret);
        var trust = ServerTrust.Of(_address);
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.AddSubProtocol("binary");
            socket.Options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => trust.Judge(certificate, errors, at.IdnHost, chain) is null;
            await socket.ConnectAsync(at, cancellationToken).ConfigureAwait(false);
            return WebSocketStream.Create(socket, WebSocketMessageType.Binary, ownsWebSocket: true);
        }
        catch (WebSocketException e)
        {
            socket.Dispose();
            throw new ProviderException(ProviderError.Unreachable, $"The console proxy {at.Authority} can't be reached or trusted for '{now.Guest.Name}': {e.GetBaseException().Message}. Its certificate is judged as that of {_client.Where}.", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The proxy's address: the path is the guest's port on its host and the ticket.</summary>
    private Uri Address(string host, int? port, string ticket)
    {
        var scheme = _client.Root.Scheme == "http" ? "ws" : "wss";
        return new Uri($"{scheme}://{host}/{port ?? 902};{Uri.EscapeDataString(ticket)}");
    }
}
