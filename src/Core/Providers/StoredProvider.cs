using System.Collections.Immutable;

namespace Anyvisor.Core.Providers;

/// <summary>A provider as it is kept: secrets by name, in envelopes that only the secret box opens.</summary>
internal sealed record StoredProvider
{
    /// <summary>The name under which the sign-in password is sealed; a driver's secret settings are under <see cref="SettingPrefix"/>.</summary>
    public const string Password = "password";
    public const string SettingPrefix = "settings.";

    public required string Name { get; init; }
    public required string Driver { get; init; }
    public required string Url { get; init; }
    public string? User { get; init; }
    public ImmutableDictionary<string, string> Settings { get; init; } = ImmutableDictionary<string, string>.Empty;
    public ImmutableDictionary<string, byte[]> Secrets { get; init; } = ImmutableDictionary<string, byte[]>.Empty;
    public bool Insecure { get; init; }
    public bool Enabled { get; init; } = true;
    public required DateTime CreatedAt { get; init; }

    /// <summary>What secrets of this provider are sealed for.</summary>
    public string Scope => "provider/" + Name;
}
