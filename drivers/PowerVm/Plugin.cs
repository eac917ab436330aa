using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Http;
using Anyvisor.Driver.Ssh;
using Anyvisor.Drivers.PowerVm.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm;

/// <summary>IBM Power systems through their management console (HMC) or NovaLink, which speaks the same API.</summary>
public sealed class Plugin : IDriver
{
    internal const int DefaultRelist = 300;

    public DriverInfo Info { get; } =
        new()
        {
            Kind = "powervm",
            Description = "IBM PowerVM: partitions of Power systems, through an HMC or NovaLink",
            UrlExamples = [HmcAddress.Example],
            Settings =
            [
                .. ServerTrust.Settings,
                new Setting { Name = "relist", Type = SettingType.Duration, Default = "300", Help = "How often everything is listed anew beside the console's events, in seconds." },
                new Setting { Name = "console", Type = SettingType.Choice, Choices = ["ssh", "none"], Default = "ssh", Help = "How partitions' consoles are reached: mkvterm over SSH on the HMC, with the same user and password; or not at all." },
                new Setting { Name = "console-port", Type = SettingType.Integer, Default = "22", Help = "The SSH port of the HMC." },
                new Setting { Name = "console-user", Help = "Who opens terminals, where it is not the user of the API." },
                .. SshTarget.Settings,
            ],
            GuestSettings = GuestSettings.All,
            StartSettings = StartSettings.All,
            Verbs = FacetVerbs.Of<Connection>().Remove(Verb.ConsoleVnc),
        };

    public string? Validate(ProviderAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (HmcAddress.TryParse(address.Url, out _) is { } problem)
            return problem;
        if (address.Settings.TryGetValue("relist", out var relist) && !TryRelist(relist, out _))
            return $"The setting relist takes seconds from 1 to 86400, not '{relist}'";
        if (address.Settings.TryGetValue("console", out var console) && console is not ("ssh" or "none"))
            return $"The setting console is ssh or none, not '{console}'";
        if (address.Settings.TryGetValue("console-port", out var port) && !ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return $"The setting console-port takes a port, not '{port}'";
        return null;
    }

    public async Task<IProviderConnection> ConnectAsync(ProviderAddress address, DriverContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        cancellationToken.ThrowIfCancellationRequested();
        if (Validate(address) is { } problem)
            throw new ProviderException(ProviderError.InvalidArgument, problem);
        if (address.User is not { Length: > 0 } user || address.Password is not { } password)
            throw new ProviderException(ProviderError.InvalidArgument, "A management console asks for a user and a password: give --user and --password-file");
        _ = HmcAddress.TryParse(address.Url, out var root);
        var client = new HmcClient(root, ServerTrust.Of(address), new HmcCredentials(user, password), context.Time);
        try
        {
            await client.SignInAsync(cancellationToken).ConfigureAwait(false);
            var consoles = await client.ListAsync("uom/ManagementConsole", "reading the console's version", cancellationToken).ConfigureAwait(false);
            return new Connection(client, address, About(consoles.FirstOrDefault(), address), context.Time);
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal static TimeSpan Relist(ImmutableDictionary<string, string> settings) =>
        settings.TryGetValue("relist", out var text) && TryRelist(text, out var relist) ? relist : TimeSpan.FromSeconds(DefaultRelist);

    private static ProviderAbout About(HmcObject? console, ProviderAddress address)
    {
        var version = console?.Content.Child("VersionInfo");
        var words = new[] { version.Text("Version") is { } v ? $"V{v}" : null, version.Text("Release") is { } r ? $"R{r}" : null, version.Text("Maintenance") is { } m ? $"M{m}" : null };
        var text = string.Join(' ', words.OfType<string>());
        return new ProviderAbout(
            console?.Content.Text("ManagementConsoleName") is { } name ? $"IBM Power management console {name}" : "IBM Power management console",
            text.Length > 0 ? text : version.Text("BuildLevel") ?? console?.Content.Text("BaseVersion") ?? "unknown",
            new Freshness(Events: true, PollSeconds: Relist(address.Settings).TotalSeconds));
    }

    private static bool TryRelist(string text, out TimeSpan relist)
    {
        var known = double.TryParse(text.TrimEnd('s'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 1 and <= 86400;
        relist = known ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
        return known;
    }
}
