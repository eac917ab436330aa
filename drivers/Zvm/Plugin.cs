using Anyvisor.Driver;
using Anyvisor.Driver.Http;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Zvm;

/// <summary>Drives z/VM: through Feilong, the z/VM cloud connector, or through the Systems Management API directly.</summary>
public sealed class ZvmDriver : IDriver
{
    private readonly PausedUsers _paused = new();

    public DriverInfo Info { get; } =
        new()
        {
            Kind = "zvm",
            Description = "z/VM, through the cloud connector (Feilong) or the Systems Management API (SMAPI)",
            UrlExamples = ZvmAddress.Examples,
            Settings =
            [
                .. ServerTrust.Settings,
                new Setting { Name = "members", Help = "The addresses of the same interface on the other members of the SSI cluster, with commas between: what runs there is seen through them." },
                new Setting { Name = "poll", Type = SettingType.Duration, Default = "2s", Help = "How often the users' states are asked for; z/VM's interfaces tell no events." },
            ],
            GuestSettings =
            [
                new Setting { Name = "profile", Help = "A PROFILE of the directory that the new user includes." },
                new Setting { Name = "max-memory", Help = "How much memory it can be made to have later, as 16GiB or 16G; four times its memory by default." },
                new Setting { Name = "max-cpus", Type = SettingType.Integer, Help = "How many processors it can be made to have later; by default the larger of eight and those it gets." },
                new Setting { Name = "hostname", Help = "The name that its Linux gets; the user id by default." },
            ],
            Verbs = FacetVerbs.Of<FeilongConnection>(Verb.Migrate).Remove(Verb.ConsoleVnc).SetItem(Verb.ConsoleSerial, ActionLevel.ReadOnly),
        };

    public string? Validate(ProviderAddress address) => ZvmAddress.TryParse(address, out _);

    public async Task<IProviderConnection> ConnectAsync(ProviderAddress address, DriverContext context, CancellationToken cancellationToken)
    {
        if (ZvmAddress.TryParse(address, out var parsed) is { } problem)
            throw new ProviderException(ProviderError.InvalidArgument, problem);
        var site = await Site.ConnectAsync(parsed!, address, cancellationToken).ConfigureAwait(false);
        var paused = _paused.Of(address.Provider, address.Url);
        return parsed!.Smapi ? new Connection(site, parsed.Poll, address.Provider, paused, context) : new FeilongConnection(site, parsed.Poll, address.Provider, paused, context);
    }
}
