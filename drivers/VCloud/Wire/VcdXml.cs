using System.Globalization;
using System.Xml.Linq;

namespace Anyvisor.Drivers.VCloud.Wire;

/// <summary>Walks Cloud Director's documents by local names: prefixes differ from version to version.</summary>
internal static class VcdXml
{
    public static XNamespace Vcloud { get; } = "http://www.vmware.com/vcloud/v1.5";
    public static XNamespace Rasd { get; } = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData";
    public static XNamespace Ovf { get; } = "http://schemas.dmtf.org/ovf/envelope/1";

    public static bool Is(this XElement element, string name) => element.Name.LocalName == name;

    public static XElement? Child(this XElement? element, string name) => element?.Elements().FirstOrDefault(child => child.Is(name));

    public static IEnumerable<XElement> Children(this XElement? element, string name) => element?.Elements().Where(child => child.Is(name)) ?? [];

    /// <summary>The child's text; null where it is not there, empty or nil.</summary>
    public static string? Text(this XElement? element, string name) => element.Child(name)?.Value.Trim() is { Length: > 0 } text ? text : null;

    /// <summary>An attribute, in whatever namespace: sections of OVF carry ours with a prefix.</summary>
    public static string? Attr(this XElement? element, string name) => element?.Attributes().FirstOrDefault(attribute => attribute.Name.LocalName == name && !attribute.IsNamespaceDeclaration)?.Value is { Length: > 0 } text ? text : null;

    public static long? Long(string? text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static int? Whole(string? text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static DateTime? Time(string? text) => DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>Where a link of this relation leads: what has no link is not allowed now.</summary>
    public static string? Link(this XElement? element, string rel, string? type = null) =>
        element.Children("Link").FirstOrDefault(link => link.Attr("rel") == rel && (type is null || link.Attr("type")?.Contains(type, StringComparison.Ordinal) == true)).Attr("href");

    /// <summary>The UUID at the end of an address or an id: <c>…/vApp/vm-UUID</c>, <c>urn:vcloud:vm:UUID</c>.</summary>
    public static Guid? Uuid(string? address) =>
        address is { Length: >= 36 } && Guid.TryParseExact(address.TrimEnd('/')[^36..], "D", out var uuid) && uuid != Guid.Empty ? uuid : null;
}
