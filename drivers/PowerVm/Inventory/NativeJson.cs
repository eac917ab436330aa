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
    public static ReadOnlyMemory<byte> Of(XElement element)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(buffer);
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
        if ((string?)element.Attribute("group") is { } group)
            writer.WriteString("group", group);
        foreach (var alike in element.Elements().Where(child => !IsEmptyMetadata(child)).GroupBy(child => child.Name.LocalName))
        {
            writer.WritePropertyName(alike.Key);
            var all = alike.ToList();
            if (all.Count == 1)
            {
                Write(writer, all[0]);
                continue;
            }
            writer.WriteStartArray();
            foreach (var one in all)
                Write(writer, one);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
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
