using System.Buffers;
using System.Text.Json;
using System.Xml.Linq;
using Anyvisor.Drivers.PowerVm.Wire;

namespace Anyvisor.Drivers.PowerVm.Inventory;

/// <summary>
/// An object of the console as JSON, whole: what the common model has no place for is kept, elements that we do not
/// know too. Left out are marks of the format itself (<c>kb</c>, <c>kxe</c>, schema versions, empty metadata).
/// </summary>
internal static class NativeJson
{
    /// <summary>Up to here siblings are told apart by looking at each other, which takes no memory.</summary>
    private const int Few = 64;

    private static readonly JsonWriterOptions Unchecked = new() { SkipValidation = true };
    private static readonly XName Group = "group";

    public static ReadOnlyMemory<byte> Of(XElement element)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(buffer, Unchecked);
        writer.WriteStartObject();
        writer.WritePropertyName(element.Name.LocalName);
        Write(writer, element);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter writer, XElement element)
    {
        var href = element.Href();
        if (!element.HasElements)
        {
            WriteLeaf(writer, element, href);
            return;
        }
        writer.WriteStartObject();
        if (href is not null)
            writer.WriteString("href", href);
        if ((string?)element.Attribute(Group) is { } group)
            writer.WriteString("group", group);
        var children = new List<XElement>();
        foreach (var child in element.Elements())
            if (!IsEmptyMetadata(child))
                children.Add(child);
        if (children.Count <= Few)
            WriteFew(writer, children);
        else
            foreach (var alike in children.GroupBy(child => child.Name.LocalName))
                WriteAlike(writer, [.. alike]);
        writer.WriteEndObject();
    }

    /// <summary>Elements of one name become one property, whether they stand beside each other or not.</summary>
    private static void WriteFew(Utf8JsonWriter writer, List<XElement> children)
    {
        for (var i = 0; i < children.Count; i++)
        {
            var name = children[i].Name.LocalName;
            if (IndexOf(children, name, 0) < i)
                continue;
            if (IndexOf(children, name, i + 1) < 0)
            {
                writer.WritePropertyName(name);
                Write(writer, children[i]);
            }
            else
            {
                WriteAlike(writer, children.FindAll(child => child.Name.LocalName == name));
            }
        }
    }

    private static int IndexOf(List<XElement> children, string name, int from)
    {
        for (var i = from; i < children.Count; i++)
            if (children[i].Name.LocalName == name)
                return i;
        return -1;
    }

    private static void WriteAlike(Utf8JsonWriter writer, List<XElement> all)
    {
        writer.WritePropertyName(all[0].Name.LocalName);
        if (all.Count == 1)
        {
            Write(writer, all[0]);
            return;
        }
        writer.WriteStartArray();
        foreach (var one in all)
            Write(writer, one);
        writer.WriteEndArray();
    }

    private static void WriteLeaf(Utf8JsonWriter writer, XElement element, string? href)
    {
        var text = element.Value.Trim();
        if (href is not null)
            writer.WriteStringValue(href);
        else if (text.Length == 0)
            writer.WriteNullValue();
        else
            writer.WriteStringValue(text);
    }

    private static bool IsEmptyMetadata(XElement element) => element.Is("Metadata") && element.Child("Atom") is { HasElements: false };
}
