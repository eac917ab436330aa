using Anyvisor.Driver;
using Anyvisor.Drivers.Sim.Estate;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim;

/// <summary>A line to a simulated system.</summary>
internal sealed partial class Connection(SimEstate estate, FaultClock faults, TimeProvider time) : IProviderConnection
{
    public ProviderAbout About { get; } = new("Anyvisor simulated estate", "1.0", new Freshness(Events: true, PollSeconds: null));

    public async Task<Guest?> ReadGuestAsync(NativeId guest, CancellationToken cancellationToken)
    {
        await CallAsync(cancellationToken).ConfigureAwait(false);
        return estate.Find(guest);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task CallAsync(CancellationToken cancellationToken)
    {
        estate.Advance();
        return faults.PassAsync(estate.Layout.Options.Latency, cancellationToken);
    }

    private static ProviderException NoSuchGuest(Guest guest) =>
        new(ProviderError.NotFound, $"The simulated estate has no guest '{guest.Name}' ({guest.NativeId}) any more.") { NativeCode = "no-such-guest" };
}
