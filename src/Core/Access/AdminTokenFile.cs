using System.Text;
using Anyvisor.Core.Store;

namespace Anyvisor.Core.Access;

/// <summary>
/// <c>DIR/admin.token</c>, mode 0600: the key that the first start makes. Whoever lost it empties the file and starts
/// the server anew; who can write there owns the server anyway.
/// </summary>
internal static class AdminTokenFile
{
    public const string Name = "admin.token";

    public static bool AsksForNew(DataDirectory directory) => new FileInfo(directory.File(Name)) is { Exists: true, Length: 0 };

    /// <summary>Whole or not at all: written beside, synced, moved into place.</summary>
    public static void Write(DataDirectory directory, string secret)
    {
        var path = directory.File(Name);
        var beside = path + ".new";
        File.Delete(beside);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using (var file = new FileStream(beside, options))
            {
                file.Write(Encoding.ASCII.GetBytes(secret + "\n"));
                file.Flush(flushToDisk: true);
            }
            File.Move(beside, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(beside);
            throw new StoreException(StoreFault.Io, $"The administrator's token can't be left in {path}: {e.Message}", e);
        }
    }
}
