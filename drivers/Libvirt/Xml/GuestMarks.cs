using System.Collections.Immutable;
using System.Xml;
using System.Xml.Linq;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Xml;

/// <summary>What we write into a guest's metadata: tags, what it was made from, and by which task.</summary>
internal sealed record GuestMarks
{
    /// <summary>Names our elements; nothing is fetched from there.</summary>
    public const string Namespace = "https://anyvisor.dev/xmlns/guest/1.0";

    /// <summary>The prefix under which libvirt stores them.</summary>
    public const string Prefix = "anyvisor";

    /// <summary>Stands on a guest only while a revert is under way: what the snapshot brings back does not have it.</summary>
    public const string RevertNamespace = "https://anyvisor.dev/xmlns/revert/1.0";

    public const string RevertPrefix = "anyvisor-revert";

    private static readonly XNamespace Ns = Namespace;

    public static GuestMarks None { get; } = new();

    /// <summary>The task that made the guest.</summary>
    public string? Task { get; init; }

    /// <summary>The image that it was made from.</summary>
    public string? Image { get; init; }

    public DateTime? CreatedAt { get; init; }

    /// <summary>The operating system that the image was said to hold.</summary>
    public OperatingSystemInfo Os { get; init; } = OperatingSystemInfo.Unknown;
    public ImmutableDictionary<string, string> Tags { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Reads them from a domain's metadata element.</summary>
    public static GuestMarks Read(XElement? metadata)
    {
        if (metadata?.Element(Ns + "guest") is not { } marks)
            return None;
        var tags = ImmutableDictionary.CreateBuilder<string, string>();
        foreach (var tag in marks.Elements(Ns + "tag"))
            if (tag.Text("key") is { Length: > 0 } key)
                tags[key] = tag.Value;
        return new GuestMarks
        {
            Task = marks.Text("task"),
            Image = marks.Element(Ns + "image")?.Value,
            CreatedAt = Time(marks.Text("created")),
            Os = marks.Element(Ns + "os") is { } os
                ? new OperatingSystemInfo
                {
                    Family = Enum.TryParse<OsFamily>(os.Text("family"), ignoreCase: true, out var family) ? family : OsFamily.Unknown,
                    Distribution = os.Text("distribution"),
                    Version = os.Text("version"),
                }
                : OperatingSystemInfo.Unknown,
            Tags = tags.ToImmutable(),
        };
    }

    /// <summary>The element as it stands in a domain's metadata.</summary>
    public XElement ToXml()
    {
        var marks = Build(Ns);
        marks.Add(new XAttribute(XNamespace.Xmlns + Prefix, Namespace));
        return marks;
    }

    /// <summary>The form that virDomainSetMetadata takes: libvirt puts the namespace on it.</summary>
    public string ToMetadata() => Build(XNamespace.None).ToString(SaveOptions.DisableFormatting);

    private XElement Build(XNamespace ns)
    {
        var marks = new XElement(ns + "guest");
        if (Task is not null)
            marks.Add(new XAttribute("task", Task));
        if (CreatedAt is { } at)
            marks.Add(new XAttribute("created", XmlConvert.ToString(at, XmlDateTimeSerializationMode.Utc)));
        if (Image is not null)
            marks.Add(new XElement(ns + "image", Image));
        if (Os != OperatingSystemInfo.Unknown)
            marks.Add(
                new XElement(
                    ns + "os",
                    new XAttribute("family", Os.Family),
                    Os.Distribution is { } distribution ? new XAttribute("distribution", distribution) : null,
                    Os.Version is { } version ? new XAttribute("version", version) : null
                )
            );
        foreach (var (key, value) in Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal))
            marks.Add(new XElement(ns + "tag", new XAttribute("key", key), value));
        return marks;
    }

    private static DateTime? Time(string? text)
    {
        if (text is null)
            return null;
        try
        {
            return XmlConvert.ToDateTime(text, XmlDateTimeSerializationMode.Utc);
        }
        catch (FormatException)
        {
            return null; // Somebody edited it: the rest of the marks still counts.
        }
    }
}
