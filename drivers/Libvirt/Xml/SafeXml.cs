using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Anyvisor.Driver;

namespace Anyvisor.Drivers.Libvirt.Xml;

/// <summary>
/// Reads XML that a daemon sent: no DTD, no entities, no lookups elsewhere, bounded in size and depth. A daemon that
/// sends anything else breaks the protocol.
/// </summary>
internal static class SafeXml
{
    /// <summary>libvirt's protocol bounds a string to 4 MiB.</summary>
    private const int MaxCharacters = 4 << 20;

    /// <summary>Domain XML with full backing chains stays under fifty.</summary>
    private const int MaxDepth = 256;

    public static XElement Parse(string xml, string root, string what)
    {
        try
        {
            using var text = new StringReader(xml);
            using var reader = new BoundedReader(XmlReader.Create(text, Settings()));
            var element = XElement.Load(reader, LoadOptions.PreserveWhitespace);
            return element.Name == root ? element : throw Broken(what, $"its root is <{element.Name.LocalName}>, not <{root}>");
        }
        catch (XmlException e)
        {
            throw Broken(what, e.Message, e);
        }
    }

    private static XmlReaderSettings Settings() => new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MaxCharacters,
        CheckCharacters = true,
    };

    private static ProviderException Broken(string what, string why, Exception? inner = null) =>
        new(ProviderError.ProtocolViolation, $"The XML of {what} can't be read: {why}", inner);

    /// <summary>An attribute's text; null where it or the element is absent.</summary>
    public static string? Text(this XElement? element, string attribute) => element?.Attribute(attribute)?.Value;

    /// <summary>An attribute's number; null where it is absent or no number.</summary>
    public static int? Number(this XElement? element, string attribute) =>
        int.TryParse(element.Text(attribute), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A size in bytes by libvirt's rule: the unit attribute, or the unit given.</summary>
    public static long? Bytes(this XElement? element, string defaultUnit = "KiB")
    {
        if (element is null || !decimal.TryParse(element.Value.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return null;
        var bytes = number * Unit(element.Text("unit") ?? defaultUnit);
        return bytes is >= 0 and <= long.MaxValue ? (long)bytes : null;
    }

    private static decimal Unit(string unit) => unit switch
    {
        "b" or "bytes" or "B" => 1,
        "KB" => 1000,
        "k" or "K" or "KiB" => 1024,
        "MB" => 1_000_000,
        "M" or "MiB" => 1024 * 1024,
        "GB" => 1_000_000_000,
        "G" or "GiB" => 1024L * 1024 * 1024,
        "TB" => 1_000_000_000_000,
        "T" or "TiB" => 1024L * 1024 * 1024 * 1024,
        _ => 1024,
    };

    /// <summary>Loading is a loop, but whoever walks the tree afterwards may recurse.</summary>
    private sealed class BoundedReader(XmlReader inner) : XmlReader
    {
        public override bool Read()
        {
            var more = inner.Read();
            return inner.Depth <= MaxDepth ? more : throw new XmlException($"it is nested more than {MaxDepth} deep");
        }

        public override int AttributeCount => inner.AttributeCount;
        public override string BaseURI => inner.BaseURI;
        public override int Depth => inner.Depth;
        public override bool EOF => inner.EOF;
        public override bool IsEmptyElement => inner.IsEmptyElement;
        public override string LocalName => inner.LocalName;
        public override string NamespaceURI => inner.NamespaceURI;
        public override XmlNameTable NameTable => inner.NameTable;
        public override XmlNodeType NodeType => inner.NodeType;
        public override string Prefix => inner.Prefix;
        public override ReadState ReadState => inner.ReadState;
        public override string Value => inner.Value;
        public override string GetAttribute(int i) => inner.GetAttribute(i);
        public override string? GetAttribute(string name) => inner.GetAttribute(name);
        public override string? GetAttribute(string name, string? namespaceURI) => inner.GetAttribute(name, namespaceURI);
        public override string? LookupNamespace(string prefix) => inner.LookupNamespace(prefix);
        public override bool MoveToAttribute(string name) => inner.MoveToAttribute(name);
        public override bool MoveToAttribute(string name, string? ns) => inner.MoveToAttribute(name, ns);
        public override bool MoveToElement() => inner.MoveToElement();
        public override bool MoveToFirstAttribute() => inner.MoveToFirstAttribute();
        public override bool MoveToNextAttribute() => inner.MoveToNextAttribute();
        public override bool ReadAttributeValue() => inner.ReadAttributeValue();
        public override void ResolveEntity() => inner.ResolveEntity();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
