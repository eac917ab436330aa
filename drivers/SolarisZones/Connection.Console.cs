using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.SolarisZones.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.SolarisZones;

/// <summary>The console by <c>zlogin -C</c>, which wants a terminal at its end and lets one person in at a time.</summary>
internal sealed partial class Connection : IGuestConsole
{
    public async Task<ImmutableArray<ConsoleInfo>> ListConsolesAsync(Guest guest, CancellationToken cancellationToken)
    {
        var line = await LocateAsync(guest, cancellationToken).ConfigureAwait(false);
        if (Lacks(Verb.ConsoleSerial, guest) is { } lack)
            return [new ConsoleInfo(ConsoleKind.Serial, false, lack.Reason)];
        return [Mapping.State(line.State).Power == PowerState.On ? new ConsoleInfo(ConsoleKind.Serial, true) : new ConsoleInfo(ConsoleKind.Serial, false, new ActionReason("not-on", "It is not on."))];
    }

    public async Task<Stream> OpenConsoleAsync(Guest guest, ConsoleKind kind, CancellationToken cancellationToken)
    {
        var line = await LocateAsync(guest, cancellationToken).ConfigureAwait(false);
        if (kind != ConsoleKind.Serial)
            throw new ProviderException(ProviderError.NotCapable, "Zones are reached by their serial console.");
        if (_zone.Commands is not { } commands)
            throw new ProviderException(ProviderError.NotCapable, Lacks(Verb.ConsoleSerial, guest)!.Reason!.Text);
        if (Mapping.State(line.State).Power != PowerState.On)
            throw Conflict(guest, "is not on: start it to open its console.");
        // No escape character: what people type is the zone's.
        return new SshStream(await commands.StartAsync(["zlogin", "-C", "-E", line.Name], terminal: true, cancellationToken).ConfigureAwait(false));
    }
}
