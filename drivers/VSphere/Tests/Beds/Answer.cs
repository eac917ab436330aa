using System.Xml;
using Anyvisor.Driver.Reading;
using Anyvisor.Drivers.VSphere.Wire;

namespace Anyvisor.Drivers.VSphere.Tests.Beds;

/// <summary>Reads a text as the client reads an answer.</summary>
internal static class Answer
{
    public static T Read<T>(string text, Func<XmlReader, T> read)
    {
        using var input = new StringReader(text);
        using var reader = HostileXml.Read(input, 64 << 20);
        _ = reader.MoveToContent();
        var envelope = reader.Enter();
        while (reader.NextChild(envelope))
        {
            if (reader.LocalName != "Body")
            {
                reader.Skip();
                continue;
            }
            var body = reader.Enter();
            while (reader.NextChild(body))
                return read(reader);
        }
        throw new XmlException("there is no body");
    }
}
