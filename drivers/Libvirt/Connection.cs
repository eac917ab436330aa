using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Drivers.Libvirt.Inventory;
using Anyvisor.Drivers.Libvirt.Watching;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Work;
using Anyvisor.Model;
using Microsoft.Extensions.Logging;

namespace Anyvisor.Drivers.Libvirt;

/// <summary>
/// A signed-in line to one libvirt daemon. Each partial file is one concern. The facets that the type has are what the
/// driver can do at most; <see cref="Judge"/> narrows them by hypervisor and guest.
/// </summary>
internal sealed partial class Connection : IProviderConnection
{
    private readonly LibvirtClient _client;
    private readonly LibvirtUri _uri;
    private readonly ProviderSettings _settings;
    private readonly string _provider;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly HostFacts _host;
    private readonly GuestFactory _factory;
    private readonly Watch _watch;
    private readonly Daemon _daemon;
    private readonly Steps _steps;

    private Connection(LibvirtClient client, LibvirtUri uri, ProviderSettings settings, string provider, DriverContext context, HostFacts host)
    {
        _client = client;
        _uri = uri;
        _settings = settings;
        _provider = provider;
        _time = context.Time;
        _log = context.Loggers.CreateLogger<Connection>();
        _host = host;
        _factory = new GuestFactory(provider, host);
        _watch = new Watch(client, provider, host, _factory, settings, context.Time, context.Loggers);
        _daemon = new Daemon(client, _watch, host, settings, context.Time);
        _steps = new Steps(_daemon);
        About = new ProviderAbout(
            "libvirt",
            string.Create(CultureInfo.InvariantCulture, $"{host.LibvirtVersion} ({host.Traits.Name} {host.HypervisorVersion})"),
            new Freshness(Events: true, settings.Poll.TotalSeconds)
        );
    }

    public ProviderAbout About { get; }

    public static async Task<Connection> OpenAsync(ProviderAddress address, DriverContext context, CancellationToken cancellationToken)
    {
        var doing = $"connect to {address.Url.Split('?')[0]}";
        LibvirtClient? client = null;
        try
        {
            var settings = ProviderSettings.Parse(address.Settings);
            var uri = LibvirtUri.Parse(address.Insecure ? NotVerified(address.Url) : address.Url);
            var credentials = address is { User: { } user, Password: { } password } ? new LibvirtCredentials(user, password.Reveal()) : null;
            var options = LibvirtClientOptions.Default with { TlsFingerprint = settings.TlsFingerprint };
            client = await LibvirtClient.ConnectAsync(uri, credentials, options, context.Time, cancellationToken).ConfigureAwait(false);
            var host = await HostReader.ReadAsync(client, settings, cancellationToken).ConfigureAwait(false);
            var connection = new Connection(client, uri, settings, address.Provider, context, host);
            client = null;
            return connection;
        }
        catch (LibvirtException e)
        {
            throw Errors.Translate(e, doing, mutating: false);
        }
        finally
        {
            if (client is not null)
                await client.DisposeAsync().ConfigureAwait(false);
        }
    }

    public IAsyncEnumerable<Driver.Watching.Change> WatchAsync(CancellationToken cancellationToken) => _watch.RunAsync(cancellationToken);

    public void RequestRefresh() => _watch.RequestRelist();

    public ActionState Judge(Verb verb, Guest guest) => GuestVerbs.Judge(_host.Traits, verb, guest, _watch.Guests.Find(guest.NativeId)?.Facts);

    public async Task<Guest?> ReadGuestAsync(NativeId guest, CancellationToken cancellationToken)
    {
        try
        {
            return await _watch.Guests.ReadAsync(GuestFactory.Uuid(guest), cancellationToken).ConfigureAwait(false);
        }
        catch (LibvirtException e)
        {
            throw Errors.Translate(e, $"read guest {guest}", mutating: false);
        }
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private static string NotVerified(string url) => url + (url.Contains('?') ? "&" : "?") + "no_verify=1";

    /// <summary>A guest as libvirt's calls name it, with its id while it is on.</summary>
    private async Task<DomainRef> ResolveAsync(Guest guest, CancellationToken cancellationToken) =>
        await AskAsync(_client.DomainLookupByUuidAsync(GuestFactory.Uuid(guest.NativeId), cancellationToken), $"find guest '{guest.Name}'").ConfigureAwait(false);

    private static Task<T> AskAsync<T>(Task<T> call, string doing) => Calls.AskAsync(call, doing);

    /// <summary>Waits for a call that changes a guest, and has it looked at afterwards whatever came of it.</summary>
    private async Task DoAsync(Task call, DomainRef guest, string doing)
    {
        try
        {
            await Calls.ChangeAsync(call, doing).ConfigureAwait(false);
        }
        finally
        {
            _watch.Touch(guest.Uuid);
        }
    }
}
