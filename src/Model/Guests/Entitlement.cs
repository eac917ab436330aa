namespace Anyvisor.Model;

/// <summary>The share of processing that the system promises a guest, where it has such a thing.</summary>
public sealed record Entitlement
{
    /// <summary>Processing units (1 = one core) or shares, as the system counts.</summary>
    public decimal? Units { get; init; }

    /// <summary>Whether the guest may use more than its units when the host is idle.</summary>
    public bool? Capped { get; init; }

    /// <summary>Weight against other guests in a contest for spare processing.</summary>
    public int? Weight { get; init; }

    public EntitlementMode Mode { get; init; }
}
