using Anyvisor.Driver;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.SolarisZones.Inventory;
using Anyvisor.Drivers.SolarisZones.Wire;
using Anyvisor.Model;
using Microsoft.Extensions.Logging;

namespace Anyvisor.Drivers.SolarisZones;

/// <summary>
/// A signed-in line to one global zone. Each partial file is one concern. The facets that the type has are what the driver
/// can do at most; <see cref="Judge"/> narrows them by system, way and zone.
/// </summary>
internal sealed partial class Connection : IProviderConnection
{
    private readonly GlobalZone _zone;
    private readonly ZoneWatch _watch;
    private readonly TimeProvider _time;
    private readonly string _provider;
    private readonly ObjectFactory _factory;

    public Connection(GlobalZone zone, string provider, ProviderSettings settings, DriverContext context)
    {
        (_zone, _time, _provider) = (zone, context.Time, provider);
        _factory = new ObjectFactory(provider, zone.Facts, context.Time);
        _watch = new ZoneWatch(zone, _factory, settings, context.Time, context.Loggers.CreateLogger<ZoneWatch>());
        About = new ProviderAbout($"Solaris Zones ({zone.Way})", $"{zone.Facts.Release} ({zone.Facts.Version})", new Freshness(Events: false, settings.Poll.TotalSeconds));
    }

    public ProviderAbout About { get; }

    private HostFacts Facts => _zone.Facts;

    public IAsyncEnumerable<Change> WatchAsync(CancellationToken cancellationToken) => _watch.RunAsync(cancellationToken);

    public void RequestRefresh() => _watch.RequestRelist();

    public async Task<Guest?> ReadGuestAsync(NativeId guest, CancellationToken cancellationToken) =>
        (await _watch.ReadAsync(guest, cancellationToken).ConfigureAwait(false))?.Guest;

    public ValueTask DisposeAsync() => _zone.DisposeAsync();

    /// <summary>The zone as it is this moment.</summary>
    private async Task<ZoneLine> LocateAsync(Guest guest, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await _watch.LocateAsync(guest.NativeId, cancellationToken).ConfigureAwait(false)
            ?? throw new ProviderException(ProviderError.NotFound, $"{Facts.Name} has no zone '{guest.Name}' ({guest.NativeId}) any more.") { NativeCode = $"{_zone.Way}:no-such-zone" };
    }

    private static ProviderException Conflict(Guest guest, string text) => new(ProviderError.Conflict, $"Zone '{guest.Name}' {text}");
}
