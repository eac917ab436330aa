using System.Globalization;

namespace Anyvisor.Core.Store;

/// <summary>
/// The server's own directory, readable by its user alone, and the lock that keeps a second server out of it.
/// </summary>
public sealed class DataDirectory : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    /// <summary>Absolute.</summary>
    public string Path { get; }

    /// <summary>Files on their way in or out; emptied at start.</summary>
    public string Spool => System.IO.Path.Combine(Path, "spool");

    public string Keys => System.IO.Path.Combine(Path, "keys");

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Bytes that this process may still write on the directory's disk.</summary>
    public long Free => FreeOn(Path);

    /// <summary>Makes the directory where it is missing, and locks it.</summary>
    /// <exception cref="StoreException">It can't be made, or another server has it.</exception>
    public static DataDirectory Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            CreatePrivate(path);
            CreatePrivate(System.IO.Path.Combine(path, "spool"));
            CreatePrivate(System.IO.Path.Combine(path, "keys"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreFault.Io, $"The data directory {path} can't be made: {e.Message}", e);
        }
        return new DataDirectory(path, Lock(path));
    }

    public void Dispose() => _lock.Dispose();

    internal static long FreeOn(string path) => new DriveInfo(path).AvailableFreeSpace;

    private static void CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            System.IO.Directory.CreateDirectory(path);
            return;
        }
        if (System.IO.Directory.Exists(path))
        {
            // A directory that others can read is made private rather than trusted: keys and tokens lie in it.
            if (System.IO.File.GetUnixFileMode(path) != Private)
                System.IO.File.SetUnixFileMode(path, Private);
            return;
        }
        System.IO.Directory.CreateDirectory(path, Private);
    }

    private static FileStream Lock(string path)
    {
        var file = System.IO.Path.Combine(path, "server.lock");
        try
        {
            // FileShare.None is an advisory lock that the kernel drops when the process ends, however it ends.
            var stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            stream.SetLength(0);
            stream.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            stream.Flush();
            return stream;
        }
        catch (IOException e) when (FreeOn(path) > 0)
        {
            throw new StoreException(
                StoreFault.InUse,
                $"Another anyvisor server uses the data directory {path} (its lock is {file}). Stop that server, or give this one its own --data.",
                e
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreFault.Io, $"The lock file {file} can't be written: {e.Message}", e);
        }
    }
}
