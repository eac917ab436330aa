namespace Anyvisor.Core.Store;

/// <summary>What a write that has been acknowledged survives.</summary>
public enum Durability : byte
{
    /// <summary>kill -9; after a power cut the last moments may be gone, and the file is whole.</summary>
    Normal,

    /// <summary>A power cut too.</summary>
    Full,
}
