using System.Collections.Immutable;

namespace Anyvisor.Model;

/// <summary>A guest's port on a network. A struct: an estate holds as many as it has guests.</summary>
public readonly record struct Nic
{
    public Nic() { }

    public MacAddress? Mac { get; init; }

    /// <summary>The network's name at the provider.</summary>
    public string? Network { get; init; }

    /// <summary>The device's model (<c>virtio</c>, <c>vmxnet3</c>).</summary>
    public string? Model { get; init; }

    /// <summary>Addresses seen on this port (lease, agent or ARP), without prefix length.</summary>
    public ImmutableArray<string> Addresses { get; init; } = [];

    /// <summary>Structural, so that an unchanged port is seen as unchanged.</summary>
    public bool Equals(Nic other) =>
        Mac == other.Mac
        && Network == other.Network
        && Model == other.Model
        && SequenceEqual(Addresses, other.Addresses);

    public override int GetHashCode() => HashCode.Combine(Mac, Network, Model, Addresses.IsDefault ? 0 : Addresses.Length);

    private static bool SequenceEqual(ImmutableArray<string> left, ImmutableArray<string> right) =>
        left.IsDefaultOrEmpty ? right.IsDefaultOrEmpty : !right.IsDefaultOrEmpty && left.AsSpan().SequenceEqual(right.AsSpan());
}
