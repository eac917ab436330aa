namespace Anyvisor.Core.Store;

/// <summary>Why the store could not do what it was asked: a closed set, so that every caller can decide.</summary>
public enum StoreFault : byte
{
    /// <summary>No space on the disk. Reads go on; writing works again when there is space.</summary>
    Full,

    /// <summary>The file is damaged or is no database.</summary>
    Corrupt,

    /// <summary>Another process holds the file's lock.</summary>
    Busy,

    /// <summary>The store is being shut down.</summary>
    Closed,

    /// <summary>Reading or writing the disk failed.</summary>
    Io,

    /// <summary>A rule of the schema refused the row: a duplicate, or a change to what is append-only.</summary>
    Refused,

    /// <summary>Another server runs on the same data directory.</summary>
    InUse,

    /// <summary>This version can't use such a store, or the store is of a newer version.</summary>
    NotAvailable,

    /// <summary>Anything else that the engine reports: a defect of ours.</summary>
    Internal,
}

/// <summary>The one exception of the store. Its message is for the operator: what failed, where, and what to do.</summary>
public sealed class StoreException : Exception
{
    public StoreException(StoreFault fault, string message, Exception? innerException = null)
        : base(message, innerException) => Fault = fault;

    public StoreFault Fault { get; }
}
