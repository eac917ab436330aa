using System.Collections.Immutable;

namespace Anyvisor.Model;

// The JSON reader sets every init property, to default where the field is absent: collections guard themselves.
/// <summary>What a new guest shall be. Sizes are bytes.</summary>
public sealed record CreateGuest
{
    public required string Name { get; init; }
    public required string Provider { get; init; }

    /// <summary>An image's name or id at that provider; null for a guest with an empty disk.</summary>
    public string? Image { get; init; }
    public required int Vcpus { get; init; }
    public required long Memory { get; init; }

    /// <summary>Bytes of the first disk; null keeps the image's capacity.</summary>
    public long? Disk { get; init; }

    /// <summary>Names of networks, one nic each; empty takes the provider's usual one.</summary>
    public ImmutableArray<string> Networks { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>A host's name; null lets placement choose.</summary>
    public string? Host { get; init; }
    public string? Datastore { get; init; }

    /// <summary>Start it once it is made.</summary>
    public bool Start { get; init; }
    public ImmutableDictionary<string, string> Tags { get; init => field = value ?? ImmutableDictionary<string, string>.Empty; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Settings that the driver declares (<c>arch</c>, <c>firmware</c>, <c>user-data</c>).</summary>
    public ImmutableDictionary<string, string> Settings { get; init => field = value ?? ImmutableDictionary<string, string>.Empty; } = ImmutableDictionary<string, string>.Empty;
}
