using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Anyvisor.Simulation;

/// <summary>
/// Where a simulation keeps its password and certificate (0700, files 0600), so that a provider that was added once
/// still works after the simulation was started again.
/// </summary>
public sealed class SimulationFolder
{
    private SimulationFolder(string path) => Path = path;

    public string Path { get; }

    public static SimulationFolder Open(SimulationOptions options, string system)
    {
        var path = options.Folder ?? System.IO.Path.Combine(
            System.IO.Path.GetTempPath(),
            string.Create(CultureInfo.InvariantCulture, $"anyvisor-simulate-{Environment.UserName}-{system}-{options.Listen.Port}"));
        try
        {
            if (options.Folder is null && options.Listen.Port == 0)
                return new SimulationFolder(Directory.CreateTempSubdirectory($"anyvisor-simulate-{system}-").FullName);
            if (OperatingSystem.IsWindows())
                _ = Directory.CreateDirectory(path);
            else
                Demand(Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SimulationException($"The folder {path} can't be made: {e.Message}", e);
        }
        return new SimulationFolder(System.IO.Path.GetFullPath(path));
    }

    /// <summary>The text of a file in it; where there is none, <paramref name="make"/> is asked and the file is made, for our user alone.</summary>
    public string ReadOrMake(string name, Func<string> make)
    {
        var file = System.IO.Path.Combine(Path, name);
        try
        {
            if (File.Exists(file))
                return File.ReadAllText(file).TrimEnd('\n');
            var text = make();
            var open = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                open.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var stream = new FileStream(file, open);
            stream.Write(Encoding.UTF8.GetBytes(text + "\n"));
            return text;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SimulationException($"The file {file} can't be read or made: {e.Message}", e);
        }
    }

    /// <summary>The password in the file <c>password</c>.</summary>
    public (string Password, string File) Password() =>
        (ReadOrMake("password", static () => RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", 16)), System.IO.Path.Combine(Path, "password"));

    // In a folder that all may write to, somebody else may have been there first.
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void Demand(DirectoryInfo folder)
    {
        if (folder.LinkTarget is not null || (folder.UnixFileMode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0)
            throw new SimulationException($"The folder {folder.FullName} can be written by others: remove it or give another with --data.");
    }
}
