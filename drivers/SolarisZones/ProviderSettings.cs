using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Http;
using Anyvisor.Driver.Ssh;
using Anyvisor.Model;

namespace Anyvisor.Drivers.SolarisZones;

/// <summary>What the user set for a provider.</summary>
/// <param name="Poll">How often states are asked for.</param>
/// <param name="Relist">How often everything is.</param>
internal sealed record ProviderSettings(TimeSpan Poll, TimeSpan Relist)
{
    public static ImmutableArray<Setting> Declared { get; } =
    [
        .. SshTarget.Settings,
        .. ServerTrust.Settings,
        new() { Name = "poll", Type = SettingType.Duration, Default = "2", Help = "How often the states of the zones are asked for, in seconds." },
        new() { Name = "relist", Type = SettingType.Duration, Default = "300", Help = "How often everything is listed anew, in seconds: finds what somebody else changed in a zone's configuration." },
    ];

    public static ProviderSettings Parse(ImmutableDictionary<string, string> settings) => new(Seconds(settings, "poll", 2, 0.2), Seconds(settings, "relist", 300, 5));

    private static TimeSpan Seconds(ImmutableDictionary<string, string> settings, string name, double usual, double least)
    {
        if (!settings.TryGetValue(name, out var text))
            return TimeSpan.FromSeconds(usual);
        var factor = text.EndsWith('m') ? 60 : 1;
        return double.TryParse(text.TrimEnd('s', 'm'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds * factor >= least && seconds * factor <= 86_400
            ? TimeSpan.FromSeconds(seconds * factor)
            : throw new ProviderException(ProviderError.InvalidArgument, $"The setting {name} takes {least.ToString(CultureInfo.InvariantCulture)} to 86400 seconds, not '{text}'.");
    }
}
