using System.Collections.Immutable;
using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.Sim.Consoles;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim;

internal sealed partial class Connection : IGuestConsole
{
    public async Task<ImmutableArray<ConsoleInfo>> ListConsolesAsync(Guest guest, CancellationToken cancellationToken)
    {
        await CallAsync(cancellationToken).ConfigureAwait(false);
        var now = estate.Find(guest.NativeId) ?? throw NoSuchGuest(guest);
        var state = Judge(Verb.ConsoleSerial, now);
        return [new ConsoleInfo(ConsoleKind.Serial, state.Allowed, state.Reason)];
    }

    public async Task<Stream> OpenConsoleAsync(Guest guest, ConsoleKind kind, CancellationToken cancellationToken)
    {
        await CallAsync(cancellationToken).ConfigureAwait(false);
        var now = estate.Find(guest.NativeId) ?? throw NoSuchGuest(guest);
        Require(kind == ConsoleKind.Serial ? Verb.ConsoleSerial : Verb.ConsoleVnc, now);
        return new SerialConsole(now);
    }
}
