using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Model;

namespace Anyvisor.Core.Guests;

/// <summary>Takes the secret settings out of a request: their names stay, their values go another way.</summary>
internal static class GuestSecrets
{
    public static (CreateGuest Open, ImmutableDictionary<string, Secret> Secrets) Split(CreateGuest request, DriverInfo? driver)
    {
        var names = driver?.GuestSettings.Where(setting => setting.Secret).Select(setting => setting.Name).ToHashSet(StringComparer.Ordinal) ?? [];
        var secrets = request
            .Settings.Where(setting => names.Contains(setting.Key))
            .ToImmutableDictionary(setting => setting.Key, setting => new Secret(setting.Value), StringComparer.Ordinal);
        var open = request.Settings.ToImmutableDictionary(s => s.Key, s => secrets.ContainsKey(s.Key) ? "" : s.Value);
        return (request with { Settings = open }, secrets);
    }
}
