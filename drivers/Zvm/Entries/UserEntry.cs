using System.Collections.Immutable;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Zvm.Entries;

/// <summary>What kind of thing an entry of the user directory defines.</summary>
internal enum EntryKind : byte
{
    /// <summary>No statement says: a comment, or the directory's own settings.</summary>
    None,
    User,

    /// <summary>A user that may be logged on to several members of a cluster at once.</summary>
    Identity,
    Profile,

    /// <summary>One member's part of an <see cref="Identity"/>.</summary>
    SubConfig,
}

/// <summary>A virtual network adapter as the directory defines it.</summary>
/// <param name="Vdev">Four hexadecimal digits.</param>
/// <param name="Type">QDIO, HIPERSOCKETS, IEDN.</param>
/// <param name="Lan">The virtual switch or guest LAN.</param>
/// <param name="MacId">The low six digits of its hardware address, where they are fixed.</param>
internal sealed record EntryNic(string Vdev, string? Type, string? Lan, string? MacId);

/// <summary>A user as the directory defines it: what it gets when it is logged on.</summary>
internal sealed record UserEntry
{
    public required EntryKind Kind { get; init; }
    public string? Name { get; init; }

    /// <summary>False for names that own disks and can't be logged on (NOLOG).</summary>
    public bool CanLogOn { get; init; } = true;

    /// <summary>Bytes.</summary>
    public long? Memory { get; init; }

    /// <summary>Bytes that it may be made to have.</summary>
    public long? MaxMemory { get; init; }

    /// <summary>Bytes that can be added while it runs.</summary>
    public long? ReservedMemory { get; init; }

    public int Vcpus { get; init; } = 1;
    public int? MaxVcpus { get; init; }
    public Entitlement? Entitlement { get; init; }
    public ImmutableArray<Disk> Disks { get; init; } = [];
    public ImmutableArray<EntryNic> Nics { get; init; } = [];
    public ImmutableArray<string> Includes { get; init; } = [];
    public string? Ipl { get; init; }

    /// <summary>The mark of the task of ours that made it.</summary>
    public string? Task { get; init; }

    /// <summary>The statements, without passwords.</summary>
    public ImmutableArray<string> Lines { get; init; } = [];
}
