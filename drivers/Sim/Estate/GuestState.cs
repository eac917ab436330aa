using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim.Estate;

/// <summary>
/// All of a guest that changes by itself, in 16 bytes: everything else follows from the seed, so a million guests cost
/// no second copy of what the inventory holds.
/// </summary>
internal struct GuestState
{
    public int Host;
    public int MemoryMiB;
    public ushort Vcpus;

    /// <summary>How often this number was given to a new guest: a guest that is gone never comes back.</summary>
    public ushort Generation;
    public PowerState Power;
    public Lifecycle Lifecycle;
    public GuestFlags Flags;
}

[Flags]
internal enum GuestFlags : byte
{
    None = 0,

    /// <summary>No such guest now.</summary>
    Removed = 1,

    /// <summary>The platform's own.</summary>
    Service = 2,

    /// <summary>Somebody worked on it: its record is kept whole and churn leaves it alone.</summary>
    Adopted = 4,
}
