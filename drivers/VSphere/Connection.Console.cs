using System.Collections.Immutable;
using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.VSphere.Consoles;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere;

/// <summary>A guest's screen: RFB in a WebSocket, by a ticket for one connection (WebMKS).</summary>
internal sealed partial class Connection : IGuestConsole
{
    public async Task<ImmutableArray<ConsoleInfo>> ListConsolesAsync(Guest guest, CancellationToken cancellationToken)
    {
        var now = await ReadAsync(guest.NativeId, cancellationToken).ConfigureAwait(false) ?? throw NoSuchGuest(guest.Name);
        var state = Judge(Verb.ConsoleVnc, Shape(now), now);
        return [new ConsoleInfo(ConsoleKind.Vnc, state.Allowed, state.Reason)];
    }

    public async Task<Stream> OpenConsoleAsync(Guest guest, ConsoleKind kind, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(kind == ConsoleKind.Vnc ? Verb.ConsoleVnc : Verb.ConsoleSerial, guest, cancellationToken).ConfigureAwait(false);
        var ticket = await _client.CallAsync(new SoapCall("AcquireTicket", now.Self, $"asking for the console of '{now.Name}'", writer => writer.Text("ticketType", "webmks")), WebTicket.Read, cancellationToken).ConfigureAwait(false);
        return await WebConsole.OpenAsync(ticket, _client.Root, _address, now.Name, cancellationToken).ConfigureAwait(false);
    }
}
