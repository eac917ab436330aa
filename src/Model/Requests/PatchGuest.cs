using System.Collections.Immutable;

namespace Anyvisor.Model;

/// <summary>Changes to a guest; what is null stays.</summary>
public sealed record PatchGuest
{
    public string? Name { get; init; }
    public int? Vcpus { get; init; }

    /// <summary>Bytes.</summary>
    public long? Memory { get; init; }

    /// <summary>Promised processing units, where the system has them: <see cref="Anyvisor.Model.Entitlement.Units"/>.</summary>
    public decimal? Entitlement { get; init; }

    /// <summary>Tags to set; a null value removes the tag.</summary>
    public ImmutableDictionary<string, string?>? Tags { get; init; }
}
