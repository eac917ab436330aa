using System.Globalization;
using System.Security;
using System.Text;

namespace Anyvisor.Drivers.PowerVm.Simulator;

/// <summary>Writes XML as the console does: each object with its metadata, each element with the marks of who may change it.</summary>
internal sealed class XmlOut
{
    private const string Atom = "http://www.w3.org/2005/Atom";
    private readonly StringBuilder _text = new(8192);
    private readonly Stack<string> _open = new();

    public override string ToString() => _text.ToString();

    public XmlOut Raw(string text)
    {
        _text.Append(text);
        return this;
    }

    public XmlOut Leaf(string name, string kb, string? value)
    {
        _text.Append('<').Append(name).Append(" kb=\"").Append(kb).Append(name is "ReferenceCode" or "VariedOn" ? "\" kxe=\"true\"" : "\" kxe=\"false\"");
        if (value is null)
            _text.Append("/>");
        else
            _text.Append('>').Append(SecurityElement.Escape(value)).Append("</").Append(name).Append('>');
        return this;
    }

    public XmlOut Leaf(string name, string kb, bool value) => Leaf(name, kb, value ? "true" : "false");

    public XmlOut Leaf(string name, string kb, long value) => Leaf(name, kb, value.ToString(CultureInfo.InvariantCulture));

    public XmlOut Leaf(string name, string kb, decimal value) => Leaf(name, kb, value.ToString("0.##", CultureInfo.InvariantCulture));

    /// <summary>An element that points to another object.</summary>
    public XmlOut Related(string name, string kb, string href) => Raw($"<{name} kb=\"{kb}\" kxe=\"false\" href=\"{href}\" rel=\"related\"/>");

    public XmlOut Link(string href) => Raw($"<link href=\"{href}\" rel=\"related\"/>");

    /// <summary>A plain list of links.</summary>
    public XmlOut Links(string name, string kb, IEnumerable<string> hrefs)
    {
        _text.Append('<').Append(name).Append(" kb=\"").Append(kb).Append("\" kxe=\"false\">");
        foreach (var href in hrefs)
            Link(href);
        _text.Append("</").Append(name).Append('>');
        return this;
    }

    /// <summary>A part that is an object of its own.</summary>
    public XmlOut Open(string name, string? kb = "CUD", string? group = null)
    {
        _text.Append('<').Append(name);
        if (kb is not null)
            _text.Append(" kb=\"").Append(kb).Append("\" kxe=\"false\"");
        if (group is not null)
            _text.Append(" group=\"").Append(group).Append('"');
        _text.Append(" schemaVersion=\"V1_5_0\"><Metadata><Atom/></Metadata>");
        _open.Push(name);
        return this;
    }

    public XmlOut Close()
    {
        _text.Append("</").Append(_open.Pop()).Append('>');
        return this;
    }

    /// <summary>The whole of an object, with its identity.</summary>
    public static string Object(string type, string schema, string id, Action<XmlOut> content)
    {
        var ns = Namespace(schema);
        var made = new XmlOut();
        made.Raw($"<{type}:{type} xmlns:{type}=\"{ns}\" xmlns=\"{ns}\" xmlns:ns2=\"http://www.w3.org/XML/1998/namespace/k2\" schemaVersion=\"V1_5_0\">");
        made.Raw(id.Length > 0 ? $"<Metadata><Atom><AtomID>{id}</AtomID>{(schema == "templates" ? "" : "<AtomCreated>1668779661519</AtomCreated>")}</Atom></Metadata>" : "<Metadata><Atom/></Metadata>");
        content(made);
        return made.Raw($"</{type}:{type}>").ToString();
    }

    public static string Entry(string type, string schema, string id, string? self, string? etag, string content, bool root) =>
        $"<entry{(root ? $" xmlns=\"{Atom}\" xmlns:ns2=\"http://a9.com/-/spec/opensearch/1.1/\" xmlns:ns3=\"http://www.w3.org/1999/xhtml\"" : "")}>"
        + $"<id>{id}</id><title>{type}</title><published>2022-11-22T17:19:36.837+01:00</published>"
        + (self is null ? "" : $"<link rel=\"SELF\" href=\"{self}\"/>")
        + "<author><name>IBM Power Systems Management Console</name></author>"
        + (etag is null ? "" : $"<etag:etag xmlns:etag=\"{Namespace("uom")}\" xmlns=\"{Namespace("uom")}\">{etag}</etag:etag>")
        + $"<content type=\"application/vnd.ibm.powervm.{schema}+xml; type={type}\">{content}</content></entry>";

    public static string Feed(string id, string? self, string console, IEnumerable<string> entries)
    {
        var feed = new StringBuilder(1 << 16);
        feed.Append("<feed xmlns=\"").Append(Atom).Append("\" xmlns:ns2=\"http://a9.com/-/spec/opensearch/1.1/\" xmlns:ns3=\"http://www.w3.org/1999/xhtml\">");
        feed.Append("<id>").Append(id).Append("</id><updated>2022-11-22T17:19:36.672+01:00</updated>");
        if (self is not null)
            feed.Append("<link rel=\"SELF\" href=\"").Append(self).Append("\"/><link rel=\"MANAGEMENT_CONSOLE\" href=\"").Append(console).Append("\"/>");
        feed.Append("<generator>IBM Power Systems Management Console</generator>");
        foreach (var entry in entries)
            feed.Append(entry);
        return feed.Append("</feed>").ToString();
    }

    public static string Namespace(string schema) => $"http://www.ibm.com/xmlns/systems/power/firmware/{schema}/mc/2012_10/";
}
