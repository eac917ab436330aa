using System.Collections.Immutable;
using System.Xml.Linq;
using Anyvisor.Drivers.VCloud.Wire;

namespace Anyvisor.Drivers.VCloud.Inventory;

/// <summary>A virtual machine's metadata: tags of people, and what we note for ourselves.</summary>
internal static class Metadata
{
    /// <summary>The name of its snapshot, for the system keeps none.</summary>
    public const string Snapshot = "anyvisor.snapshot";
    public const string SnapshotDescription = "anyvisor.snapshot.description";

    /// <summary>The tag that shows the vApp where its name is not the guest's.</summary>
    public const string VApp = "vapp";

    /// <summary>What is kept of a tag without a value: metadata want one.</summary>
    private const string NoValue = " ";
    private static readonly XNamespace Instance = "http://www.w3.org/2001/XMLSchema-instance";

    public static ImmutableDictionary<string, string> Read(XElement? metadata)
    {
        var read = ImmutableDictionary.CreateBuilder<string, string>();
        foreach (var entry in metadata.Children("MetadataEntry"))
            if (entry.Text("Key") is { } key)
                read[key] = entry.Child("TypedValue").Child("Value")?.Value.Trim(' ') ?? entry.Child("Value")?.Value.Trim(' ') ?? "";
        return read.ToImmutable();
    }

    public static XElement Write(IEnumerable<KeyValuePair<string, string>> entries) =>
        new(VcdXml.Vcloud + "Metadata", new XAttribute(XNamespace.Xmlns + "xsi", Instance), entries.Select(entry => new XElement(VcdXml.Vcloud + "MetadataEntry",
            new XElement(VcdXml.Vcloud + "Key", entry.Key),
            new XElement(VcdXml.Vcloud + "TypedValue", new XAttribute(Instance + "type", "MetadataStringValue"), new XElement(VcdXml.Vcloud + "Value", entry.Value.Length == 0 ? NoValue : entry.Value)))));

    public static bool IsOurs(string key) => key is Snapshot or SnapshotDescription;
}
