using System.Collections.Immutable;

namespace Anyvisor.Driver;

/// <summary>Where a provider is and how to sign in there.</summary>
public sealed record ProviderAddress
{
    /// <summary>The provider's name with us: goes into every object that the driver shows.</summary>
    public required string Provider { get; init; }
    public required string Url { get; init; }
    public string? User { get; init; }
    public Secret? Password { get; init; }
    public ImmutableDictionary<string, string> Settings { get; init; } = ImmutableDictionary<string, string>.Empty;
    public ImmutableDictionary<string, Secret> Secrets { get; init; } = ImmutableDictionary<string, Secret>.Empty;

    /// <summary>Do not verify the server's certificate or host key.</summary>
    public bool Insecure { get; init; }
}
