using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Anyvisor.Driver;
using Anyvisor.Driver.Reading;

namespace Anyvisor.Drivers.Libvirt.Xml;

/// <summary>
/// Reads XML that a daemon sent: no DTD, no entities, no lookups elsewhere, bounded in size and depth. A daemon that
/// sends anything else breaks the protocol.
/// </summary>
internal static class SafeXml
{
    /// <summary>libvirt's protocol bounds a string to 4 MiB.</summary>
    private const int MaxCharacters = 4 << 20;

    public static XElement Parse(string xml, string root, string what)
    {
        try
        {
            using var text = new StringReader(xml);
            using var reader = HostileXml.Read(text, MaxCharacters);
            var element = XElement.Load(reader, LoadOptions.PreserveWhitespace);
            return element.Name == root ? element : throw Broken(what, $"its root is <{element.Name.LocalName}>, not <{root}>");
        }
        catch (XmlException e)
        {
            throw Broken(what, e.Message, e);
        }
    }

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
        var unit = Unit(element.Text("unit") ?? defaultUnit);
        return number >= 0 && number <= long.MaxValue / unit ? (long)(number * unit) : null;
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
}
