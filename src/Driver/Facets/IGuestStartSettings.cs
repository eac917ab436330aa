using System.Collections.Immutable;
using Anyvisor.Model;

namespace Anyvisor.Driver.Facets;

/// <summary>Start guests in other ways than the usual one, by the settings that <see cref="DriverInfo.StartSettings"/> declares.</summary>
public interface IGuestStartSettings : IGuestPower
{
    /// <param name="guest">The guest.</param>
    /// <param name="settings">By declared name; empty is <see cref="IGuestPower.StartAsync"/>.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    Task StartAsync(Guest guest, ImmutableDictionary<string, string> settings, CancellationToken cancellationToken);
}
