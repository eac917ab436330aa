using Microsoft.Data.Sqlite;

namespace Anyvisor.Core.Store;

/// <summary>SQLite's result codes in our words.</summary>
internal static class SqliteFaults
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int OutOfMemory = 7;
    private const int ReadOnly = 8;
    private const int Io = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CantOpen = 14;
    private const int Constraint = 19;
    private const int NotADatabase = 26;

    // SQLite reports a full disk as an I/O error where it can't grow the WAL index or create a file.
    private const long NearlyNothing = 256 << 10;

    public static StoreException Explain(SqliteException e, string file)
    {
        var fault = FaultOf(e, file);
        return new StoreException(fault, Describe(fault, file, e), e);
    }

    /// <summary>Whether the engine has given up the whole transaction, not just the statement.</summary>
    public static bool EndsTransaction(SqliteException e) => e.SqliteErrorCode is Full or Io or Corrupt or NotADatabase or OutOfMemory or ReadOnly or CantOpen;

    private static StoreFault FaultOf(SqliteException e, string file) =>
        e.SqliteErrorCode switch
        {
            Full => StoreFault.Full,
            Io or CantOpen when DataDirectory.FreeOn(Path.GetDirectoryName(file)!) < NearlyNothing => StoreFault.Full,
            Io or CantOpen or ReadOnly => StoreFault.Io,
            Corrupt or NotADatabase => StoreFault.Corrupt,
            Busy or Locked => StoreFault.Busy,
            Constraint => StoreFault.Refused,
            _ => StoreFault.Internal,
        };

    private static string Describe(StoreFault fault, string file, SqliteException e) =>
        fault switch
        {
            StoreFault.Full => $"The disk of {file} is full: nothing can be written until there is space again. Free some, or move the data directory.",
            StoreFault.Corrupt => $"{file} is damaged ({e.Message}). Stop the server and restore it from a backup.",
            StoreFault.Busy => $"{file} is locked by another process, which is none of ours: close what has it open.",
            StoreFault.Io => $"{file} can't be read or written ({e.Message}). Check the disk and the file's owner and mode.",
            StoreFault.Refused => $"A rule of the store refused the change: {e.Message}",
            _ => $"The store failed: {e.Message}",
        };
}
