using System.Text.Encodings.Web;
using System.Text.Json;

namespace Anyvisor.Drivers.Libvirt.Watching;

/// <summary>What libvirt says of an object beyond the common model: its XML, inside JSON.</summary>
internal static class NativeJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="kind">The XML's root: <c>domain</c>, <c>pool</c>.</param>
    /// <param name="xml">As the daemon gave it, without its secrets.</param>
    public static ReadOnlyMemory<byte> Of(string kind, string xml)
    {
        using var buffer = new MemoryStream(xml.Length + 64);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("kind", kind);
            json.WriteString("xml", xml);
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }
}
