using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VCloud;

/// <summary>What a new guest may be told beyond the common request.</summary>
internal static class GuestSettings
{
    public static ImmutableArray<Setting> All { get; } =
    [
        new() { Name = "hostname", Help = "The name that the guest gives itself; its own name by default." },
    ];

    /// <exception cref="ProviderException">A setting is not known.</exception>
    public static string? Hostname(ImmutableDictionary<string, string> settings)
    {
        foreach (var (name, value) in settings)
            if (name != "hostname")
                throw new ProviderException(ProviderError.InvalidArgument, $"A guest has no setting '{name}': there are {string.Join(", ", All.Select(setting => setting.Name))}");
            else if (value.Length is 0 or > 63 || !value.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
                throw new ProviderException(ProviderError.InvalidArgument, $"The setting hostname can't be '{value}': letters, digits and hyphens, at most 63");
        return settings.GetValueOrDefault("hostname");
    }
}
