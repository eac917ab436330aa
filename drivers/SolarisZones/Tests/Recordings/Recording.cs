using Xunit;

namespace Anyvisor.Drivers.SolarisZones.Tests.Recordings;

/// <summary>What real systems said, where it lies beside the checkout.</summary>
internal static class Recording
{
    /// <summary>The folder of the recordings of Solaris; null where there is none.</summary>
    public static string? Root { get; } = Find();

    public static string Read(string path)
    {
        Assert.SkipWhen(Root is null, "no recordings lie beside this checkout (../shared/recordings/solaris)");
        return File.ReadAllText(Path.Combine(Root!, path));
    }

    public static string[] Files(string folder, string pattern)
    {
        Assert.SkipWhen(Root is null, "no recordings lie beside this checkout (../shared/recordings/solaris)");
        return [.. Directory.EnumerateFiles(Path.Combine(Root!, folder), pattern).Order(StringComparer.Ordinal)];
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Directory.Packages.props")))
                return Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", "recordings", "solaris")) is var root && Directory.Exists(root) ? root : null;
        return null;
    }
}
