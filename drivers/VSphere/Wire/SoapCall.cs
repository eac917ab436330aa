using System.Text;
using System.Xml;

namespace Anyvisor.Drivers.VSphere.Wire;

/// <summary>One call of a managed object's method.</summary>
/// <param name="Method">As <c>PowerOnVM_Task</c>.</param>
/// <param name="This">The object.</param>
/// <param name="What">For errors: <c>starting 'web1'</c>.</param>
/// <param name="Arguments">Writes them.</param>
internal sealed record SoapCall(string Method, MoRef This, string What, Action<XmlWriter>? Arguments = null)
{
    private const string Soap = "http://schemas.xmlsoap.org/soap/envelope/";
    private static readonly XmlWriterSettings Settings = new() { Encoding = new UTF8Encoding(false), CloseOutput = false };

    /// <summary>Whether it only looks: then it may be repeated, and a lost answer is no question.</summary>
    public bool Reads { get; init; }

    /// <summary>How long the answer may take to begin; null is the client's own patience.</summary>
    public TimeSpan? Patience { get; init; }

    public static SoapCall Read(string method, MoRef self, string what, Action<XmlWriter>? arguments = null) => new(method, self, what, arguments) { Reads = true };

    public byte[] Envelope()
    {
        using var bytes = new MemoryStream(1024);
        using (var writer = XmlWriter.Create(bytes, Settings))
        {
            writer.WriteStartElement("soapenv", "Envelope", Soap);
            writer.WriteAttributeString("xmlns", "xsd", null, "http://www.w3.org/2001/XMLSchema");
            writer.WriteAttributeString("xmlns", "xsi", null, "http://www.w3.org/2001/XMLSchema-instance");
            writer.WriteStartElement("soapenv", "Body", Soap);
            writer.WriteStartElement("", Method, XmlWriting.Vim);
            writer.Ref("_this", This);
            Arguments?.Invoke(writer);
            writer.WriteEndElement();
            writer.WriteEndElement();
            writer.WriteEndElement();
        }
        return bytes.ToArray();
    }
}
