using System.Globalization;
using System.Runtime.InteropServices;
using System.Xml;
using System.Xml.Linq;
using Anyvisor.Driver;
using Anyvisor.Driver.Reading;

namespace Anyvisor.Drivers.PowerVm.Wire;

/// <summary>Reads the management console's XML by local names: prefixes and namespaces differ between versions.</summary>
internal static class HmcXml
{
    /// <summary>A feed of a thousand partitions has ten million characters.</summary>
    private const long MaxCharacters = 512L << 20;

    private static readonly XName HrefName = "href";

    public static readonly XNamespace Uom = "http://www.ibm.com/xmlns/systems/power/firmware/uom/mc/2012_10/";
    public static readonly XNamespace Web = "http://www.ibm.com/xmlns/systems/power/firmware/web/mc/2012_10/";
    public static readonly XNamespace Templates = "http://www.ibm.com/xmlns/systems/power/firmware/templates/mc/2012_10/";

    /// <exception cref="ProviderException">It is no XML.</exception>
    public static XElement Parse(ReadOnlyMemory<byte> body, string what)
    {
        try
        {
            using var reader = Reader(body);
            // White space between elements is most of a reply; that inside of values stays.
            return XElement.Load(reader);
        }
        catch (Exception e) when (e is XmlException or ArgumentException)
        {
            throw Broken(what, e);
        }
    }

    public static ProviderException Broken(string what, Exception e) => new(ProviderError.ProtocolViolation, $"The answer to {what} is no XML: {e.Message}", e);

    public static XmlReader Reader(ReadOnlyMemory<byte> body) =>
        HostileXml.Read(MemoryMarshal.TryGetArray(body, out var bytes) ? new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false) : new MemoryStream(body.ToArray(), writable: false), MaxCharacters);

    public static bool Is(this XElement element, string name) => element.Name.LocalName == name;

    public static XElement? Child(this XElement? element, ReadOnlySpan<char> name)
    {
        // A partition is asked for a hundred of its parts: without an iterator each. Asking a leaf for its first node makes it one.
        if (element is { HasElements: true })
            for (var node = element.FirstNode; node is not null; node = node.NextNode)
                if (node is XElement child && name.SequenceEqual(child.Name.LocalName))
                    return child;
        return null;
    }

    public static IEnumerable<XElement> Children(this XElement? element, string name) =>
        element?.Elements().Where(child => child.Name.LocalName == name) ?? [];

    /// <param name="element">Where to begin; null has nothing.</param>
    /// <param name="path">Local names with slashes between them.</param>
    public static XElement? At(this XElement? element, string path)
    {
        var rest = path.AsSpan();
        for (var slash = rest.IndexOf('/'); slash >= 0; slash = rest.IndexOf('/'))
        {
            element = element.Child(rest[..slash]);
            rest = rest[(slash + 1)..];
        }
        return element.Child(rest);
    }

    /// <summary>The text there; null where there is none, or only white space.</summary>
    public static string? Text(this XElement? element, string path) =>
        element.At(path)?.Value.Trim() is { Length: > 0 } text ? text : null;

    /// <summary>A number: the console writes <c>2E+1</c> as readily as <c>20</c>, or <c>20.0</c>.</summary>
    public static decimal? Number(this XElement? element, string path) => ParseNumber(element.Text(path));

    public static int? Whole(this XElement? element, string path) => element.Number(path) is { } n && n >= int.MinValue && n <= int.MaxValue ? (int)n : null;

    /// <summary>Bytes, from a number of <paramref name="unit"/>s.</summary>
    public static long? Bytes(this XElement? element, string path, long unit) => ToBytes(element.Number(path), unit);

    public static bool? Flag(this XElement? element, string path) =>
        element.Text(path)?.ToUpperInvariant() switch
        {
            "TRUE" or "ACTIVE" or "1" => true,
            "FALSE" or "INACTIVE" or "0" => false,
            _ => null,
        };

    public static string? Href(this XElement? element) => (string?)element?.Attribute(HrefName);

    /// <summary>The UUID at the end of a link's address, in lower case; null where there is none.</summary>
    public static Guid? LinkedUuid(this XElement? element) => UuidAtEnd(element.Href());

    public static Guid? UuidAtEnd(string? address)
    {
        if (address is null)
            return null;
        var path = address.AsSpan();
        if (path.IndexOf('?') is var query and >= 0)
            path = path[..query];
        return Guid.TryParse(path.TrimEnd('/')[(path.TrimEnd('/').LastIndexOf('/') + 1)..], out var uuid) && uuid != Guid.Empty ? uuid : null;
    }

    public static decimal? ParseNumber(string? text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static long? ToBytes(decimal? count, long unit) =>
        count is { } n && n >= 0 && n <= long.MaxValue / unit ? (long)(n * unit) : null;
}
