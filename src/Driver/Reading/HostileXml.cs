using System.Xml;

namespace Anyvisor.Driver.Reading;

/// <summary>
/// Readers of XML that somebody else sent: no DTD, no entities, no lookups elsewhere, bounded in size and depth.
/// What breaks a bound comes out as <see cref="XmlException"/>, as what is malformed does.
/// </summary>
public static class HostileXml
{
    /// <summary>No management API nests half as deep.</summary>
    public const int MaxDepth = 256;

    /// <param name="text">Stays the caller's.</param>
    /// <param name="maxCharacters">How long the document may be.</param>
    public static XmlReader Read(TextReader text, long maxCharacters) => new DepthBoundedReader(XmlReader.Create(text, Settings(maxCharacters)), MaxDepth);

    /// <param name="bytes">Stays the caller's.</param>
    /// <param name="maxCharacters">How long the document may be.</param>
    public static XmlReader Read(Stream bytes, long maxCharacters) => new DepthBoundedReader(XmlReader.Create(bytes, Settings(maxCharacters)), MaxDepth);

    private static XmlReaderSettings Settings(long maxCharacters) =>
        new()
        {
            Async = true,
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = maxCharacters,
            CheckCharacters = true,
        };
}
