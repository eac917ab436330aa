using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Http;
using Anyvisor.Drivers.VCloud.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VCloud;

/// <summary>VMware Cloud Director: an organisation's virtual datacenters, or all of them for its provider.</summary>
public sealed class Plugin : IDriver
{
    internal const int DefaultPoll = 10;
    private const string ApiToken = "api-token";

    public DriverInfo Info { get; } =
        new()
        {
            Kind = "vcloud",
            Description = "VMware Cloud Director: virtual datacenters, vApps and catalogs of an organisation, or of all",
            UrlExamples = [VCloudAddress.Example],
            Settings =
            [
                .. ServerTrust.Settings,
                new Setting { Name = "org", Help = "The organisation to sign in to; the part of the user behind the last @ by default. The provider's is System." },
                new Setting { Name = ApiToken, Type = SettingType.Secret, Help = "An API token, in the place of user and password; needs org." },
                new Setting { Name = "poll", Type = SettingType.Duration, Default = "10", Help = "How often the states of all guests are asked for, in seconds." },
            ],
            GuestSettings = GuestSettings.All,
            Verbs = FacetVerbs.Of<Connection>().Remove(Verb.ConsoleSerial),
        };

    public string? Validate(ProviderAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (VCloudAddress.TryParse(address.Url, out _) is { } problem)
            return problem;
        return address.Settings.TryGetValue("poll", out var poll) && !TryPoll(poll, out _) ? $"The setting poll takes seconds from 1 to 3600, not '{poll}'" : null;
    }

    public async Task<IProviderConnection> ConnectAsync(ProviderAddress address, DriverContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        cancellationToken.ThrowIfCancellationRequested();
        if (Validate(address) is { } problem)
            throw new ProviderException(ProviderError.InvalidArgument, problem);
        _ = VCloudAddress.TryParse(address.Url, out var root);
        var client = new VcdClient(root!, ServerTrust.Of(address), Credentials(address), context.Time);
        try
        {
            await client.OpenAsync(cancellationToken).ConfigureAwait(false);
            var about = new ProviderAbout("VMware Cloud Director", $"API {client.Version}", new Freshness(Events: false, PollSeconds: Poll(address.Settings).TotalSeconds));
            return new Connection(client, address, about, context.Time);
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal static TimeSpan Poll(ImmutableDictionary<string, string> settings) =>
        settings.TryGetValue("poll", out var text) && TryPoll(text, out var poll) ? poll : TimeSpan.FromSeconds(DefaultPoll);

    private static VcdCredentials Credentials(ProviderAddress address)
    {
        var at = address.User?.LastIndexOf('@') ?? -1;
        var org = address.Settings.GetValueOrDefault("org") ?? (at > 0 ? address.User![(at + 1)..] : null);
        if (org is not { Length: > 0 })
            throw new ProviderException(ProviderError.InvalidArgument, "Cloud Director wants to know the organisation: give --user user@organisation, or --set org=");
        if (address.Secrets.TryGetValue(ApiToken, out var token))
            return new VcdCredentials(null, org, null, token);
        var user = at > 0 && address.User![(at + 1)..] == org ? address.User[..at] : address.User;
        return user is { Length: > 0 } && address.Password is { } password
            ? new VcdCredentials(user, org, password, null)
            : throw new ProviderException(ProviderError.InvalidArgument, $"Cloud Director asks for a user and a password (--user, --password-file), or an API token (--set {ApiToken}=)");
    }

    private static bool TryPoll(string text, out TimeSpan poll)
    {
        var known = double.TryParse(text.TrimEnd('s'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 1 and <= 3600;
        poll = known ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
        return known;
    }
}
