using System.Security.Cryptography;
using System.Text;

namespace Anyvisor.Core.Providers.Secrets;

/// <summary>The key file: 64 hexadecimal digits, for its owner alone.</summary>
internal static class SecretKeyFile
{
    private const int KeyLength = 32;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = ~(OwnerOnly | UnixFileMode.UserExecute);

    public static byte[] ReadOrCreate(string path)
    {
        if (!File.Exists(path))
            Create(path);
        return Read(path);
    }

    /// <summary>
    /// Written beside and linked into place: two servers that start at once agree on one key, and a crash leaves a
    /// whole key or none.
    /// </summary>
    private static void Create(string path)
    {
        var directory = Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(directory);
        else
            Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);
        var temporary = Path.Combine(directory, $".secrets.key.{Guid.NewGuid():N}");
        try
        {
            using (var file = new FileStream(temporary, NewFile()))
            {
                file.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyLength)) + "\n"));
                file.Flush(flushToDisk: true);
            }
            MoveUnlessThere(temporary, path);
            // Once more under its name: the name has to be on the disk before the first thing that it encrypts.
            using var named = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
            named.Flush(flushToDisk: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static void MoveUnlessThere(string temporary, string path)
    {
        try
        {
            File.Move(temporary, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was first; its key is the one.
        }
    }

    private static FileStreamOptions NewFile()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        return options;
    }

    private static byte[] Read(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
            throw new InvalidDataException($"The key file {path} can be read by others. Run 'chmod 600 {path}' and restart.");
        var text = File.ReadAllText(path).Trim();
        if (text.Length != KeyLength * 2 || !text.All(char.IsAsciiHexDigit))
            throw new InvalidDataException($"The key file {path} is damaged: it has to hold {KeyLength * 2} hexadecimal digits. Restore it from the backup and restart.");
        return Convert.FromHexString(text);
    }
}
