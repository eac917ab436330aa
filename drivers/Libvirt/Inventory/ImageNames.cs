namespace Anyvisor.Drivers.Libvirt.Inventory;

/// <summary>
/// How images lie in their pool: NAME.qcow2 or NAME.raw is the disk, NAME.image.json says what it is and which task
/// brought it, and NAME.import-TASK stands there only while that task is at it. Volumes have no other place for words.
/// </summary>
internal static class ImageNames
{
    private const string SidecarSuffix = ".image.json";
    private const string MarkInfix = ".import-";

    public static string Disk(string image, string format) => $"{image}.{format}";

    public static string Sidecar(string image) => image + SidecarSuffix;

    public static string Mark(string image, string task) => $"{image}{MarkInfix}{task}";

    public static bool IsAccessory(string volume) => IsSidecar(volume) || volume.Contains(MarkInfix, StringComparison.Ordinal);

    public static bool IsSidecar(string volume) => volume.EndsWith(SidecarSuffix, StringComparison.Ordinal);

    /// <summary>The image that a volume is the disk, sidecar or mark of.</summary>
    public static string Of(string volume)
    {
        if (IsSidecar(volume))
            return volume[..^SidecarSuffix.Length];
        var mark = volume.IndexOf(MarkInfix, StringComparison.Ordinal);
        if (mark >= 0)
            return volume[..mark];
        foreach (var suffix in (ReadOnlySpan<string>)[".qcow2", ".raw", ".img"])
            if (volume.EndsWith(suffix, StringComparison.Ordinal) && volume.Length > suffix.Length)
                return volume[..^suffix.Length];
        return volume;
    }
}
