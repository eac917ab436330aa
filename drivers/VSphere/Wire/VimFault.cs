using System.Xml;

namespace Anyvisor.Drivers.VSphere.Wire;

/// <summary>Why the system refused: the fault's type and text, and what its fields name.</summary>
/// <param name="Type">As <c>InvalidPowerState</c>.</param>
/// <param name="Text">The system's words; empty where it says none.</param>
/// <param name="Details">Fields of the fault that name something: <c>privilegeId: VirtualMachine.Interact.PowerOn</c>.</param>
internal sealed record VimFault(string Type, string Text, string Details)
{
    private const int MostDetails = 6;

    /// <summary>Reads <c>soapenv:Fault</c>.</summary>
    public static VimFault ReadSoap(XmlReader reader)
    {
        var (type, text, details) = ("", "", "");
        var fault = reader.Enter();
        while (reader.NextChild(fault))
            switch (reader.LocalName)
            {
                case "faultstring":
                    text = reader.Text();
                    break;
                case "detail":
                    var detail = reader.Enter();
                    while (reader.NextChild(detail))
                    {
                        // The element is named InvalidLoginFault; its type, where it is said, is InvalidLogin.
                        var name = reader.LocalName;
                        (type, details) = ReadFields(reader, name.EndsWith("Fault", StringComparison.Ordinal) ? name[..^5] : name);
                    }
                    break;
                default:
                    reader.Skip();
                    break;
            }
        return new VimFault(type, text.Trim(), details);
    }

    /// <summary>Reads a <c>LocalizedMethodFault</c>: of a task, or of a property that can't be read.</summary>
    public static VimFault ReadLocalized(XmlReader reader)
    {
        var (type, text, details) = ("", "", "");
        var fault = reader.Enter();
        while (reader.NextChild(fault))
            switch (reader.LocalName)
            {
                case "fault":
                    (type, details) = ReadFields(reader, "MethodFault");
                    break;
                case "localizedMessage":
                    text = reader.Text();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        return new VimFault(type, text.Trim(), details);
    }

    private static (string Type, string Details) ReadFields(XmlReader reader, string otherwise)
    {
        var type = reader.XsiType() is { Length: > 0 } said ? said : otherwise;
        var details = new List<string>();
        var element = reader.Enter();
        while (reader.NextChild(element))
            if (reader.LocalName is "privilegeId" or "object" or "requestedState" or "existingState" or "name" or "property" or "invalidProperty" or "file" or "datastore" or "device" or "featureName" or "reason" or "faultMessage")
            {
                var name = reader.LocalName;
                var value = Flat(reader);
                if (details.Count < MostDetails && value.Length is > 0 and < 300)
                    details.Add($"{name}: {value}");
            }
            else
            {
                reader.Skip();
            }
        return (type, string.Join(", ", details));
    }

    /// <summary>All text in the element at hand; in <c>faultMessage</c> that is the <c>message</c> alone.</summary>
    private static string Flat(XmlReader reader)
    {
        var text = "";
        var depth = reader.Depth;
        if (reader.IsEmptyElement)
        {
            _ = reader.Read();
            return text;
        }
        var inMessage = reader.LocalName != "faultMessage";
        while (reader.Read() && reader.Depth > depth)
            if (reader.NodeType == XmlNodeType.Element)
                inMessage |= reader.LocalName == "message";
            else if (inMessage && reader.NodeType == XmlNodeType.Text && text.Length < 300)
                text = text.Length == 0 ? reader.Value : text + " " + reader.Value;
        _ = reader.Read();
        return text.Trim();
    }
}
