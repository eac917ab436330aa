using System.Xml.Linq;

namespace Anyvisor.Drivers.Libvirt.Xml;

/// <summary>Changes to a guest's XML in place: whatever we do not know stays as it is.</summary>
internal static class DomainEdits
{
    /// <summary>
    /// The definition of a copy: its own name, UUID, MAC addresses, disks and marks, and none of what belongs to the
    /// source alone (UEFI variables, device addresses on the host, log files).
    /// </summary>
    /// <param name="domain">The source's definition as libvirt holds it for the next start.</param>
    /// <param name="uuid">The copy's.</param>
    /// <param name="name">The copy's.</param>
    /// <param name="disks">The copy's file for each of the source's, by path.</param>
    /// <param name="marks">The copy's.</param>
    public static string Copy(XElement domain, Guid uuid, string name, IReadOnlyDictionary<string, string> disks, GuestMarks marks)
    {
        var copy = new XElement(domain);
        copy.SetElementValue("name", name);
        copy.SetElementValue("uuid", uuid.ToString("D"));
        copy.Attribute("id")?.Remove();
        copy.Element("sysinfo")?.Element("system")?.Elements("entry").Where(e => e.Text("name") == "uuid").Remove();
        // Without the element libvirt makes a copy's own from the template that the firmware names.
        copy.Element("os")?.Element("nvram")?.Remove();
        SetMarks(copy, marks);
        var devices = copy.Element("devices");
        SetSources(devices, disks);
        foreach (var nic in devices?.Elements("interface") ?? [])
        {
            nic.Element("mac")?.SetAttributeValue("address", DomainWriter.RandomMac().ToString());
            nic.Element("target")?.Remove();
            nic.Element("source")?.Attribute("portid")?.Remove();
        }
        foreach (var log in devices?.Descendants("log").Where(l => l.Attribute("file") is not null).ToList() ?? [])
            log.Remove();
        // Paths that libvirt made for the source's name.
        foreach (var source in devices?.Elements("channel").Elements("source").Where(s => s.Text("mode") == "bind").ToList() ?? [])
            source.Remove();
        foreach (var graphics in devices?.Elements("graphics").Where(g => g.Text("autoport") == "yes") ?? [])
            graphics.SetAttributeValue("port", "-1");
        return copy.ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>Points disks at other files.</summary>
    public static void SetSources(XElement? devices, IReadOnlyDictionary<string, string> files)
    {
        foreach (var disk in devices?.Elements("disk") ?? [])
        {
            if (DomainReader.SourceOf(disk.Element("source")) is not { } path || !files.TryGetValue(path, out var file))
                continue;
            disk.SetAttributeValue("type", "file");
            disk.Element("source")!.ReplaceWith(new XElement("source", new XAttribute("file", file)));
            disk.Element("driver")?.SetAttributeValue("type", "qcow2");
            disk.Element("backingStore")?.Remove();
        }
    }

    private static void SetMarks(XElement domain, GuestMarks marks)
    {
        var metadata = domain.Element("metadata");
        if (metadata is null)
        {
            metadata = new XElement("metadata");
            domain.Element("uuid")!.AddAfterSelf(metadata);
        }
        metadata.Element(XName.Get("guest", GuestMarks.Namespace))?.Remove();
        metadata.Element(XName.Get("revert", GuestMarks.RevertNamespace))?.Remove();
        metadata.Add(marks.ToXml());
    }
}

/// <summary>The XML of snapshots that we ask for.</summary>
internal static class SnapshotWriter
{
    public static string Internal(string name, string? description) =>
        new XElement("domainsnapshot", new XElement("name", name), description is null ? null : new XElement("description", description)).ToString(SaveOptions.DisableFormatting);

    /// <summary>Puts a file that is there already on top of each disk, all at one moment; leaves no snapshot behind.</summary>
    /// <param name="disks">Target and new file.</param>
    /// <param name="others">Targets that stay as they are.</param>
    public static string Switch(IEnumerable<(string Target, string File)> disks, IEnumerable<string> others) =>
        new XElement("domainsnapshot", Disks(disks, others)).ToString(SaveOptions.DisableFormatting);

    /// <summary>The same, as a snapshot that libvirt keeps.</summary>
    public static string External(string name, string? description, IEnumerable<(string Target, string File)> disks, IEnumerable<string> others) =>
        new XElement(
            "domainsnapshot",
            new XElement("name", name),
            description is null ? null : new XElement("description", description),
            new XElement("memory", new XAttribute("snapshot", "no")),
            Disks(disks, others)
        ).ToString(SaveOptions.DisableFormatting);

    private static XElement Disks(IEnumerable<(string Target, string File)> disks, IEnumerable<string> others) =>
        new(
            "disks",
            disks.Select(d => new XElement(
                "disk",
                new XAttribute("name", d.Target),
                new XAttribute("snapshot", "external"),
                new XAttribute("type", "file"),
                new XElement("driver", new XAttribute("type", "qcow2")),
                new XElement("source", new XAttribute("file", d.File))
            )),
            others.Select(o => new XElement("disk", new XAttribute("name", o), new XAttribute("snapshot", "no")))
        );
}
