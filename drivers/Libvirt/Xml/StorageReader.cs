using System.Xml.Linq;

namespace Anyvisor.Drivers.Libvirt.Xml;

/// <summary>What a pool's XML says.</summary>
internal sealed record PoolDescription(string Type, string? Path, string? Source)
{
    /// <summary>Whether its volumes are files in a folder, which overlays can be laid upon.</summary>
    public bool HoldsFiles => Type is "dir" or "fs" or "netfs";

    public static PoolDescription Read(string xml, string name)
    {
        var pool = SafeXml.Parse(xml, "pool", $"the storage pool '{name}'");
        var source = pool.Element("source");
        var host = source?.Element("host").Text("name");
        var from = source?.Element("dir").Text("path") ?? source?.Element("device").Text("path") ?? source?.Element("name")?.Value;
        return new PoolDescription(pool.Text("type") ?? "", pool.Element("target")?.Element("path")?.Value, host is null ? from : $"{host}:{from}");
    }
}

/// <summary>What a volume's XML says.</summary>
internal sealed record VolumeDescription(string? Format, long? Capacity, long? Allocation, string? Path, string? Backing, string? BackingFormat, DateTime? ChangedAt)
{
    public static VolumeDescription Read(string xml, string name)
    {
        var volume = SafeXml.Parse(xml, "volume", $"the volume '{name}'");
        var target = volume.Element("target");
        var backing = volume.Element("backingStore");
        return new VolumeDescription(
            target?.Element("format").Text("type"),
            volume.Element("capacity").Bytes("bytes"),
            volume.Element("allocation").Bytes("bytes"),
            target?.Element("path")?.Value,
            NonEmpty(backing?.Element("path")?.Value),
            backing?.Element("format").Text("type"),
            Time(target?.Element("timestamps")?.Element("mtime")?.Value)
        );
    }

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    // Seconds and nanoseconds since 1970, as the file system has them.
    private static DateTime? Time(string? text) =>
        double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 253402300800
            ? DateTime.UnixEpoch.AddSeconds(seconds)
            : null;
}

/// <summary>The XML of what we ask a pool to make.</summary>
internal static class VolumeWriter
{
    public static string New(string name, long capacity, string format, string? backingPath = null, string? backingFormat = null)
    {
        var volume = new XElement(
            "volume",
            new XElement("name", name),
            new XElement("capacity", new XAttribute("unit", "bytes"), capacity),
            // A raw volume without this is written full of zeros.
            new XElement("allocation", new XAttribute("unit", "bytes"), 0),
            new XElement("target", new XElement("format", new XAttribute("type", format)), format == "qcow2" ? new XElement("compat", "1.1") : null)
        );
        if (backingPath is not null)
            volume.Add(new XElement("backingStore", new XElement("path", backingPath), new XElement("format", new XAttribute("type", backingFormat ?? "raw"))));
        return volume.ToString(SaveOptions.DisableFormatting);
    }

    public static string Pool(string name, string path) =>
        new XElement(
            "pool",
            new XAttribute("type", "dir"),
            new XElement("name", name),
            new XElement("target", new XElement("path", path))
        ).ToString(SaveOptions.DisableFormatting);
}
