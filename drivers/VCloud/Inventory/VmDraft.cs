using System.Collections.Immutable;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VCloud.Inventory;

/// <summary>What of a virtual machine decides what can be done to it, beside what is shown.</summary>
internal sealed record VmFacts
{
    public required Guid Uuid { get; init; }

    /// <summary>Its address, relative: <c>api/vApp/vm-…</c>.</summary>
    public required string Path { get; init; }
    public required Guid VApp { get; init; }
    public required string VAppName { get; init; }
    public required string VAppPath { get; init; }

    /// <summary>How many virtual machines its vApp has.</summary>
    public required int Siblings { get; init; }
    public string? VdcPath { get; init; }
    public bool Deployed { get; init; }
    public bool HasSnapshot { get; init; }
    public bool CpuHotAdd { get; init; }
    public bool MemoryHotAdd { get; init; }

    /// <summary>What may be done now, as the links say: <c>power:powerOn</c>.</summary>
    public ImmutableHashSet<string> Allowed { get; init; } = [];

    /// <summary>The vApp's description: bears the task's mark where we made it.</summary>
    public string? VAppDescription { get; init; }
}

/// <summary>A virtual machine as it was read: a guest without its tags, which come from elsewhere.</summary>
internal sealed record VmDraft(Guest Guest, VmFacts Facts, SnapshotDraft? Snapshot, ReadOnlyMemory<byte> Native);

/// <summary>The one snapshot that a virtual machine can have.</summary>
internal sealed record SnapshotDraft(DateTime? CreatedAt, bool PoweredOn)
{
    /// <summary>As we noted it; null for one that somebody else took.</summary>
    public string? Name { get; init; }
    public string? Description { get; init; }
}
