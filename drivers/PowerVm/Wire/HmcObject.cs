using System.Xml;
using System.Xml.Linq;
using Anyvisor.Driver;

namespace Anyvisor.Drivers.PowerVm.Wire;

/// <summary>One object of the console, as an entry of a feed or by itself.</summary>
/// <param name="Type">The element's name: <c>LogicalPartition</c>.</param>
/// <param name="Id">As it came; UUIDs differ in case between addresses and objects.</param>
/// <param name="Etag">What a change of it has to match; null where the console gave none.</param>
/// <param name="Content">The object's own element.</param>
internal sealed record HmcObject(string Type, string Id, string? Etag, XElement Content)
{
    private const int MostDamage = 8;

    public Guid? Uuid => Guid.TryParse(Id, out var uuid) && uuid != Guid.Empty ? uuid : null;

    /// <summary>The objects of a feed or an entry.</summary>
    /// <exception cref="ProviderException">It is neither, or contradicts itself.</exception>
    public static List<HmcObject> Read(XElement root, string what)
    {
        var objects = new List<HmcObject>();
        if (root.Is("feed"))
            foreach (var entry in root.Children("entry"))
                objects.Add(Entry(entry, what));
        else if (root.Is("entry"))
            objects.Add(Entry(root, what));
        else
            objects.Add(new HmcObject(root.Name.LocalName, root.Text("Metadata/Atom/AtomID") ?? "", null, root));
        return objects;
    }

    /// <summary>
    /// The objects of a feed or an entry as what is made of them, one after another: of a feed of a thousand partitions
    /// no more than one is held as a tree.
    /// </summary>
    /// <param name="body">The answer's.</param>
    /// <param name="what">For errors.</param>
    /// <param name="read">Without effects: an answer that breaks off in its middle is asked for again.</param>
    /// <exception cref="ProviderException">It is no XML, neither of the two, or contradicts itself.</exception>
    public static List<T> Read<T>(ReadOnlyMemory<byte> body, string what, Func<HmcObject, T> read)
    {
        try
        {
            using var reader = HmcXml.Reader(body);
            return reader.MoveToContent() == XmlNodeType.Element && reader.LocalName == "feed" ? Feed(reader, what, read) : [.. Read(XElement.Load(reader), what).Select(read)];
        }
        catch (Exception e) when (e is XmlException or ArgumentException)
        {
            throw HmcXml.Broken(what, e);
        }
    }

    private static List<T> Feed<T>(XmlReader reader, string what, Func<HmcObject, T> read)
    {
        var objects = new List<T>();
        _ = reader.Read();
        while (!reader.EOF)
            if (reader is { NodeType: XmlNodeType.Element, Depth: 1, LocalName: "entry" })
                objects.Add(read(Entry((XElement)XNode.ReadFrom(reader), what)));
            else
                _ = reader.Read();
        return objects;
    }

    /// <summary>Whether one of two spellings of an identity has a few letters changed. Two that are wholly different are two.</summary>
    public static bool IsDamaged(string? one, string? other)
    {
        if (one is null || other is null || one.Length != other.Length || one.Length < 2 * MostDamage)
            return false;
        var different = one.Zip(other).Count(pair => char.ToUpperInvariant(pair.First) != char.ToUpperInvariant(pair.Second));
        return different is > 0 and <= MostDamage;
    }

    private static HmcObject Entry(XElement entry, string what)
    {
        // Feeds of files have links instead of content.
        if (entry.Child("content")?.Elements().FirstOrDefault() is not { } content)
            return new HmcObject(entry.Text("title") ?? "", entry.Text("id") ?? "", entry.Text("etag"), entry);
        var (outer, inner) = (entry.Text("id"), content.Text("Metadata/Atom/AtomID"));
        // Nothing but TLS protects an answer: one that contradicts itself is asked for again, not believed.
        if (content.Name.Namespace == HmcXml.Uom && IsDamaged(outer, inner))
            throw new ProviderException(ProviderError.ProtocolViolation, $"The answer to {what} calls one object {outer} and {inner}");
        return new HmcObject(content.Name.LocalName, inner ?? outer ?? "", entry.Text("etag"), content);
    }
}
