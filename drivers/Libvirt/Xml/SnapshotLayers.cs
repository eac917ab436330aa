using System.Collections.Immutable;
using System.Xml.Linq;

namespace Anyvisor.Drivers.Libvirt.Xml;

/// <summary>One disk of a snapshot that lies beside it: the guest went on upon an overlay, and the base stays as it was.</summary>
/// <param name="Target">The device in the guest (<c>vda</c>).</param>
/// <param name="Base">The file that holds the disk as it was.</param>
internal sealed record SnapshotLayer(string Target, string Base, string BaseFormat);

/// <summary>A file that takes another's place in a definition.</summary>
internal readonly record struct LayerFile(string Path, string Format);

/// <summary>Reads and edits the XML of snapshots beside the disks.</summary>
internal static class SnapshotLayers
{
    /// <summary>Empty for a snapshot within the disks' own files.</summary>
    public static ImmutableArray<SnapshotLayer> Of(XElement snapshot)
    {
        var external = (snapshot.Element("disks")?.Elements("disk") ?? []).Where(d => d.Text("snapshot") == "external").Select(d => d.Text("name")).ToHashSet();
        var disks = Definition(snapshot)?.Element("devices")?.Elements("disk") ?? [];
        return
        [
            .. disks
                .Where(d => external.Contains(d.Element("target").Text("dev")))
                .Select(d => new SnapshotLayer(d.Element("target").Text("dev")!, DomainReader.SourceOf(d.Element("source")) ?? "", d.Element("driver").Text("type") ?? "raw")),
        ];
    }

    /// <summary>The guest as it was defined when the snapshot was taken.</summary>
    public static XElement? Definition(XElement snapshot) =>
        (snapshot.Element("inactiveDomain") ?? snapshot.Element("domain")) is { } found ? new XElement("domain", found.Attributes(), found.Nodes()) : null;

    /// <summary>The definition that brings the guest back, upon other files, without the mark of the task that took the snapshot.</summary>
    public static string Reverted(XElement snapshot, IReadOnlyDictionary<string, LayerFile> files)
    {
        var domain = Definition(snapshot)!;
        domain.Attribute("id")?.Remove();
        domain.Element("metadata")?.Element(XName.Get("revert", GuestMarks.RevertNamespace))?.Remove();
        Replace(domain, files);
        return domain.ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>The snapshot's XML with other files, to be defined anew; null when it has none of them.</summary>
    public static string? Moved(XElement snapshot, IReadOnlyDictionary<string, LayerFile> files)
    {
        var copy = new XElement(snapshot);
        var changed = false;
        foreach (var domain in copy.Elements("domain").Concat(copy.Elements("inactiveDomain")))
            changed |= Replace(domain, files);
        return changed ? copy.ToString(SaveOptions.DisableFormatting) : null;
    }

    /// <summary>The snapshot's XML without the names of these overlays; null when it has none of them.</summary>
    public static string? WithoutOverlays(XElement snapshot, IReadOnlySet<string> overlays)
    {
        var copy = new XElement(snapshot);
        var changed = false;
        foreach (var source in (copy.Element("disks")?.Elements("disk") ?? []).Select(d => d.Element("source")))
            if (source.Text("file") is { } file && overlays.Contains(file))
            {
                source!.SetAttributeValue("file", file + ".forgotten");
                changed = true;
            }
        return changed ? copy.ToString(SaveOptions.DisableFormatting) : null;
    }

    private static bool Replace(XElement domain, IReadOnlyDictionary<string, LayerFile> files)
    {
        var changed = false;
        foreach (var disk in domain.Element("devices")?.Elements("disk") ?? [])
        {
            if (DomainReader.SourceOf(disk.Element("source")) is not { } path || !files.TryGetValue(path, out var file))
                continue;
            disk.SetAttributeValue("type", "file");
            disk.Element("source")!.ReplaceWith(new XElement("source", new XAttribute("file", file.Path)));
            disk.Element("driver")?.SetAttributeValue("type", file.Format);
            // libvirt reads the chain from the files' own headers.
            disk.Element("backingStore")?.Remove();
            changed = true;
        }
        return changed;
    }
}
