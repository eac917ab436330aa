using Anyvisor.Driver;
using Anyvisor.Driver.Http;
using Anyvisor.Drivers.VSphere.Inventory;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere;

/// <summary>VMware vSphere: a vCenter, or an ESXi by itself.</summary>
public sealed class Plugin : IDriver
{
    /// <summary>The edition of the free ESXi.</summary>
    private const string FreeEdition = "esxBasic";

    public DriverInfo Info { get; } =
        new()
        {
            Kind = "vsphere",
            Description = "VMware vSphere: a vCenter with its hosts, or an ESXi by itself",
            UrlExamples = [VSphereAddress.Example, "https://esxi.example.net/sdk"],
            Settings = ServerTrust.Settings,
            GuestSettings = GuestSettings.All,
            Verbs = FacetVerbs.Of<Connection>().Remove(Verb.ConsoleSerial),
        };

    public string? Validate(ProviderAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return VSphereAddress.TryParse(address.Url, out _);
    }

    public async Task<IProviderConnection> ConnectAsync(ProviderAddress address, DriverContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        cancellationToken.ThrowIfCancellationRequested();
        if (Validate(address) is { } problem)
            throw new ProviderException(ProviderError.InvalidArgument, problem);
        if (address.User is not { Length: > 0 } user || address.Password is not { } password)
            throw new ProviderException(ProviderError.InvalidArgument, "A vCenter or ESXi asks for a user and a password: give --user and --password-file");
        _ = VSphereAddress.TryParse(address.Url, out var at);
        var client = new SoapClient(at!, ServerTrust.Of(address), user, password, context.Time);
        try
        {
            await client.OpenAsync(cancellationToken).ConfigureAwait(false);
            var content = client.Content;
            var version = content.Build.Length > 0 ? $"{content.Version} build {content.Build}" : content.Version;
            var about = new ProviderAbout(content.Product, version, new Freshness(Events: true, PollSeconds: null));
            return new Connection(client, address, about, await IsFreeAsync(client, cancellationToken).ConfigureAwait(false), context.Time);
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Whether it is an ESXi with the licence that lets nobody change anything by the interface.</summary>
    private static async Task<bool> IsFreeAsync(SoapClient client, CancellationToken cancellationToken)
    {
        if (client.Content.IsVCenter || client.Content.LicenseManager is not { } manager)
            return false;
        var licenses = new LicensesRecord(manager);
        try
        {
            await client.RetrieveAsync(new FilterSpec([("LicenseManager", ["licenses"])], [manager]), new RecordSink(licenses), "reading the licence", cancellationToken).ConfigureAwait(false);
        }
        catch (ProviderException e) when (e.Error is ProviderError.PermissionDenied)
        {
            return false; // A user who may not see it: what the licence forbids will be told when it is tried.
        }
        return licenses.Editions.Length > 0 && licenses.Editions.All(edition => edition == FreeEdition);
    }
}
