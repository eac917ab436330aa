using System.Buffers;
using System.Text.Json;
using System.Xml.Linq;
using Anyvisor.Drivers.VCloud.Wire;

namespace Anyvisor.Drivers.VCloud.Inventory;

/// <summary>
/// A virtual machine's document as JSON, whole, with its place in the vApp. Left out are links and what says nothing
/// (<c>nil</c>, empty).
/// </summary>
internal static class NativeJson
{
    public static ReadOnlyMemory<byte> Of(XElement vm, XElement vapp, string? vdc)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("vApp");
            foreach (var name in (string[])["name", "id", "status", "deployed"])
                if (vapp.Attr(name) is { } value)
                    json.WriteString(name, value);
            if (vdc is not null)
                json.WriteString("vdc", vdc);
            if (vapp.Child("LeaseSettingsSection") is { } lease)
            {
                json.WritePropertyName("lease");
                Write(json, lease);
            }
            json.WriteEndObject();
            json.WritePropertyName("vm");
            Write(json, vm);
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, XElement element)
    {
        var children = element.Elements().Where(child => !child.Is("Link") && Says(child)).ToList();
        var attributes = element.Attributes().Where(attribute => !attribute.IsNamespaceDeclaration && attribute.Name.LocalName is not ("nil" or "type" or "required")).ToList();
        if (children.Count == 0 && attributes.Count == 0)
        {
            json.WriteStringValue(element.Value.Trim());
            return;
        }
        json.WriteStartObject();
        foreach (var attribute in attributes.DistinctBy(attribute => attribute.Name.LocalName))
            json.WriteString("@" + attribute.Name.LocalName, attribute.Value);
        if (children.Count == 0 && element.Value.Trim() is { Length: > 0 } text)
            json.WriteString("text", text);
        foreach (var alike in children.GroupBy(child => child.Name.LocalName))
        {
            json.WritePropertyName(alike.Key);
            if (alike.Count() == 1)
            {
                Write(json, alike.First());
                continue;
            }
            json.WriteStartArray();
            foreach (var one in alike)
                Write(json, one);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static bool Says(XElement element) => element.HasElements || element.Value.Trim().Length > 0 || element.Attributes().Any(attribute => !attribute.IsNamespaceDeclaration && attribute.Name.LocalName != "nil");
}
