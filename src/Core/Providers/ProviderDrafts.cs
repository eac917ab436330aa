using System.Collections.Immutable;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Providers.Checks;
using Anyvisor.Model;

namespace Anyvisor.Core.Providers;

/// <summary>Requests to what is kept: checks by the driver's declared settings, and secrets sealed at once.</summary>
internal static class ProviderDrafts
{
    private const int LongestUrl = 4096;

    /// <param name="seal">Takes the provider, the secret's name and its value.</param>
    public static StoredProvider Made(AddProvider request, DriverInfo driver, DateTime now, Func<StoredProvider, string, string, byte[]> seal)
    {
        RequireUrl(request.Url);
        var stored = new StoredProvider
        {
            Name = request.Name,
            Driver = driver.Kind,
            Url = request.Url,
            User = Empty(request.User),
            Insecure = request.Insecure,
            CreatedAt = now,
        };
        if (!string.IsNullOrEmpty(request.Password))
            stored = With(stored, StoredProvider.Password, request.Password, seal);
        foreach (var (name, value) in request.Settings)
            stored = WithSetting(stored, driver, name, value, seal);
        return Complete(stored, driver);
    }

    public static StoredProvider Changed(StoredProvider stored, PatchProvider patch, DriverInfo driver, Func<StoredProvider, string, string, byte[]> seal)
    {
        if (patch.Url is { } url)
        {
            RequireUrl(url);
            stored = stored with { Url = url };
        }
        stored = stored with
        {
            User = patch.User is { } user ? Empty(user) : stored.User,
            Insecure = patch.Insecure ?? stored.Insecure,
            Enabled = patch.Enabled ?? stored.Enabled,
        };
        if (patch.Password is { } password)
            stored = password.Length == 0
                ? stored with { Secrets = stored.Secrets.Remove(StoredProvider.Password) }
                : With(stored, StoredProvider.Password, password, seal);
        foreach (var (name, value) in patch.Settings ?? ImmutableDictionary<string, string?>.Empty)
            stored = value is null ? WithoutSetting(stored, driver, name) : WithSetting(stored, driver, name, value, seal);
        return Complete(stored, driver);
    }

    private static StoredProvider WithSetting(StoredProvider stored, DriverInfo driver, string name, string value, Func<StoredProvider, string, string, byte[]> seal)
    {
        var setting = SettingChecks.Declared(driver.Settings, name, driver.Kind);
        SettingChecks.RequireValid(setting, value);
        return setting.Secret
            ? With(stored, StoredProvider.SettingPrefix + name, value, seal)
            : stored with { Settings = stored.Settings.SetItem(name, value) };
    }

    private static StoredProvider WithoutSetting(StoredProvider stored, DriverInfo driver, string name)
    {
        SettingChecks.Declared(driver.Settings, name, driver.Kind);
        return stored with { Settings = stored.Settings.Remove(name), Secrets = stored.Secrets.Remove(StoredProvider.SettingPrefix + name) };
    }

    private static StoredProvider With(StoredProvider stored, string name, string value, Func<StoredProvider, string, string, byte[]> seal) =>
        stored with { Secrets = stored.Secrets.SetItem(name, seal(stored, name, value)) };

    private static StoredProvider Complete(StoredProvider stored, DriverInfo driver)
    {
        SettingChecks.RequireAll(
            driver.Settings,
            name => stored.Settings.ContainsKey(name) || stored.Secrets.ContainsKey(StoredProvider.SettingPrefix + name),
            driver.Kind
        );
        return stored;
    }

    private static void RequireUrl(string url)
    {
        if (string.IsNullOrWhiteSpace(url) || url.Length > LongestUrl || url.Any(char.IsControl))
            throw ProblemFactory.Invalid($"A provider's URL has 1 to {LongestUrl} characters and no control characters.");
        // The URL is not repeated: that would print the password once more.
        if (UrlCredentials.HasSecret(url))
            throw ProblemFactory.Invalid(
                "The URL has a password or token in it, which would show in histories, process lists and logs. Leave it out, and give the user with --user and the password with --password-file FILE."
            );
    }

    private static string? Empty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
