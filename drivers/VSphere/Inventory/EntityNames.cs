using System.Text;

namespace Anyvisor.Drivers.VSphere.Inventory;

/// <summary>vCenter writes slash, backslash and percent in names as %2f, %5c and %25, and nothing else so.</summary>
internal static class EntityNames
{
    /// <summary>In one pass: what comes out of one escape is not read as the beginning of another.</summary>
    public static string Decode(string name)
    {
        if (!name.Contains('%', StringComparison.Ordinal))
            return name;
        var text = new StringBuilder(name.Length);
        for (var at = 0; at < name.Length; at++)
        {
            char? meant = name[at] == '%' && at + 2 < name.Length
                ? name.AsSpan(at + 1, 2) switch { "2f" or "2F" => '/', "5c" or "5C" => '\\', "25" => '%', _ => null }
                : null;
            _ = text.Append(meant ?? name[at]);
            if (meant is not null)
                at += 2;
        }
        return text.ToString();
    }

    public static string Encode(string name) =>
        name.AsSpan().ContainsAny("%/\\")
            ? name.Replace("%", "%25", StringComparison.Ordinal).Replace("/", "%2f", StringComparison.Ordinal).Replace("\\", "%5c", StringComparison.Ordinal)
            : name;
}
