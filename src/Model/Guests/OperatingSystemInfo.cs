namespace Anyvisor.Model;

/// <summary>What runs inside a guest, as far as the provider or the guest's agent says.</summary>
public sealed record OperatingSystemInfo
{
    public static OperatingSystemInfo Unknown { get; } = new();

    public OsFamily Family { get; init; }

    /// <summary>The distribution's own short name (<c>debian</c>, <c>rhel</c>), where it is known.</summary>
    public string? Distribution { get; init; }

    /// <summary>The version as the distribution writes it.</summary>
    public string? Version { get; init; }
}
