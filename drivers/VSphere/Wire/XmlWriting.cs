using System.Globalization;
using System.Xml;

namespace Anyvisor.Drivers.VSphere.Wire;

/// <summary>Writing a call's arguments, in the order that the interface's definition wants them.</summary>
internal static class XmlWriting
{
    public const string Vim = "urn:vim25";
    private const string Instance = "http://www.w3.org/2001/XMLSchema-instance";

    public static void Text(this XmlWriter writer, string name, string text)
    {
        writer.WriteStartElement(name, Vim);
        writer.WriteString(text);
        writer.WriteEndElement();
    }

    /// <summary>Nothing at all where there is no value.</summary>
    public static void Optional(this XmlWriter writer, string name, string? text)
    {
        if (text is not null)
            writer.Text(name, text);
    }

    public static void Number(this XmlWriter writer, string name, long number) => writer.Text(name, number.ToString(CultureInfo.InvariantCulture));

    public static void Flag(this XmlWriter writer, string name, bool flag) => writer.Text(name, flag ? "true" : "false");

    public static void Ref(this XmlWriter writer, string name, MoRef reference)
    {
        writer.WriteStartElement(name, Vim);
        writer.WriteAttributeString("type", reference.Type);
        writer.WriteString(reference.Value);
        writer.WriteEndElement();
    }

    /// <param name="writer">Writes.</param>
    /// <param name="name">The element's.</param>
    /// <param name="type">Its <c>xsi:type</c>, where the definition's type is not the one that is sent.</param>
    /// <param name="content">What is in it.</param>
    public static void Inside(this XmlWriter writer, string name, string? type, Action<XmlWriter> content)
    {
        writer.WriteStartElement(name, Vim);
        if (type is not null)
            writer.WriteAttributeString("type", Instance, type);
        content(writer);
        writer.WriteEndElement();
    }

    /// <summary>A text with its type said, for values that may be of any type.</summary>
    public static void Any(this XmlWriter writer, string name, string text)
    {
        writer.WriteStartElement(name, Vim);
        writer.WriteAttributeString("type", Instance, "xsd:string");
        writer.WriteString(text);
        writer.WriteEndElement();
    }
}
