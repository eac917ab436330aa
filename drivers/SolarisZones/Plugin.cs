using Anyvisor.Driver;
using Anyvisor.Drivers.SolarisZones.Rad;
using Anyvisor.Drivers.SolarisZones.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.SolarisZones;

/// <summary>
/// Zones of Solaris 10 and 11, OmniOS and SmartOS over SSH with the system's own commands, and of Solaris 11.4 through
/// RAD's REST interface. See README.md beside this file for versions, quirks and the rights that it needs.
/// </summary>
public sealed class SolarisZonesDriver : IDriver
{
    public DriverInfo Info { get; } = new()
    {
        Kind = "zones",
        Description = "Solaris and illumos zones: a global zone over SSH, or through RAD",
        UrlExamples = ["ssh://root@host", "ssh://operator@host:2222", "https://host:6788"],
        Settings = ProviderSettings.Declared,
        GuestSettings = Connection.GuestSettings,
        Verbs = FacetVerbs.Of<Connection>().Remove(Verb.ConsoleVnc),
    };

    public string? Validate(ProviderAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var (_, problem) = ZonesUrl.Parse(address.Url);
        if (problem is not null)
            return problem;
        try
        {
            _ = ProviderSettings.Parse(address.Settings);
            return null;
        }
        catch (ProviderException e)
        {
            return e.Message;
        }
    }

    public async Task<IProviderConnection> ConnectAsync(ProviderAddress address, DriverContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(context);
        cancellationToken.ThrowIfCancellationRequested();
        var (url, problem) = ZonesUrl.Parse(address.Url);
        if (url is null)
            throw new ProviderException(ProviderError.InvalidArgument, problem!);
        var settings = ProviderSettings.Parse(address.Settings);
        var zone = url.Rad
            ? await RadZone.OpenAsync(url.RadRoot, address, cancellationToken).ConfigureAwait(false)
            : await ZoneadmZone.OpenAsync(url.SshTarget(address), cancellationToken).ConfigureAwait(false);
        return new Connection(zone, address.Provider, settings, context);
    }
}
