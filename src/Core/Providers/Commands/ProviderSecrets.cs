using System.Collections.Immutable;
using Anyvisor.Core.Tasks;
using Anyvisor.Driver;
using Anyvisor.Model;

namespace Anyvisor.Core.Providers.Commands;

/// <summary>Takes the secrets out of a request before it is written down, and puts them back for the one who carries it out.</summary>
internal static class ProviderSecrets
{
    public static (AddProvider Open, ImmutableDictionary<string, Secret> Secrets) Split(AddProvider request, DriverInfo driver)
    {
        var secret = request.Settings.Where(setting => IsSecret(driver, setting.Key)).ToImmutableArray();
        var open = request with { Password = null, Settings = request.Settings.RemoveRange(secret.Select(setting => setting.Key)) };
        return (open, Gathered(request.Password, secret.Select(setting => (setting.Key, setting.Value))));
    }

    public static (PatchProvider Open, ImmutableDictionary<string, Secret> Secrets) Split(PatchProvider patch, DriverInfo driver)
    {
        // One that is to be removed has no value to hide.
        var settings = patch.Settings ?? ImmutableDictionary<string, string?>.Empty;
        var secret = settings.Where(setting => setting.Value is not null && IsSecret(driver, setting.Key)).ToImmutableArray();
        var open = patch with { Password = null, Settings = patch.Settings?.RemoveRange(secret.Select(setting => setting.Key)) };
        return (open, Gathered(patch.Password, secret.Select(setting => (setting.Key, setting.Value!))));
    }

    public static AddProvider Whole(AddProvider open, TaskOrder order) =>
        open with
        {
            Password = PasswordOf(order),
            Settings = open.Settings.SetItems(SettingsOf(order)),
        };

    public static PatchProvider Whole(PatchProvider open, TaskOrder order)
    {
        var secret = SettingsOf(order).Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)).ToImmutableArray();
        return open with
        {
            Password = PasswordOf(order),
            Settings = secret.IsEmpty ? open.Settings : (open.Settings ?? ImmutableDictionary<string, string?>.Empty).SetItems(secret),
        };
    }

    private static bool IsSecret(DriverInfo driver, string name) => driver.Settings.Any(setting => setting.Name == name && setting.Secret);

    private static ImmutableDictionary<string, Secret> Gathered(string? password, IEnumerable<(string Name, string Value)> settings)
    {
        var secrets = settings.ToImmutableDictionary(setting => StoredProvider.SettingPrefix + setting.Name, setting => new Secret(setting.Value), StringComparer.Ordinal);
        return password is null ? secrets : secrets.Add(StoredProvider.Password, new Secret(password));
    }

    private static string? PasswordOf(TaskOrder order) => order.Secrets.GetValueOrDefault(StoredProvider.Password)?.Reveal();

    private static IEnumerable<KeyValuePair<string, string>> SettingsOf(TaskOrder order) =>
        order
            .Secrets.Where(secret => secret.Key.StartsWith(StoredProvider.SettingPrefix, StringComparison.Ordinal))
            .Select(secret => KeyValuePair.Create(secret.Key[StoredProvider.SettingPrefix.Length..], secret.Value.Reveal()));
}
