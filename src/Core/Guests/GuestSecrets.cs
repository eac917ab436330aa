using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Model;

namespace Anyvisor.Core.Guests;

/// <summary>Takes the secret settings out of a request: their names stay, their values go another way.</summary>
internal static class GuestSecrets
{
    public static (ImmutableDictionary<string, string> Open, ImmutableDictionary<string, Secret> Secrets) Split(
        ImmutableDictionary<string, string> settings,
        IReadOnlyCollection<Setting> declared
    )
    {
        var names = declared.Where(setting => setting.Secret).Select(setting => setting.Name).ToHashSet(StringComparer.Ordinal);
        var secrets = settings
            .Where(setting => names.Contains(setting.Key))
            .ToImmutableDictionary(setting => setting.Key, setting => new Secret(setting.Value), StringComparer.Ordinal);
        return (settings.ToImmutableDictionary(s => s.Key, s => secrets.ContainsKey(s.Key) ? "" : s.Value), secrets);
    }

    /// <summary>The settings as they were asked for, for the one who carries them out.</summary>
    public static ImmutableDictionary<string, string> Whole(ImmutableDictionary<string, string> open, ImmutableDictionary<string, Secret> secrets) =>
        open.SetItems(secrets.Where(secret => open.ContainsKey(secret.Key)).Select(secret => KeyValuePair.Create(secret.Key, secret.Value.Reveal())));
}
