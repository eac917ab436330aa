namespace Anyvisor.Drivers.VSphere.Inventory;

/// <summary>vCenter writes slash, backslash and percent in names as %2f, %5c and %25, and nothing else so.</summary>
internal static class EntityNames
{
    public static string Decode(string name) =>
        name.Contains('%', StringComparison.Ordinal)
            ? name.Replace("%2f", "/", StringComparison.OrdinalIgnoreCase).Replace("%5c", "\\", StringComparison.OrdinalIgnoreCase).Replace("%25", "%", StringComparison.Ordinal)
            : name;

    public static string Encode(string name) =>
        name.AsSpan().ContainsAny("%/\\")
            ? name.Replace("%", "%25", StringComparison.Ordinal).Replace("/", "%2f", StringComparison.Ordinal).Replace("\\", "%5c", StringComparison.Ordinal)
            : name;
}
