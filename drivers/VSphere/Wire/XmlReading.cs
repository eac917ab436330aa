using System.Globalization;
using System.Xml;

namespace Anyvisor.Drivers.VSphere.Wire;

/// <summary>
/// Reading forward through an answer without building a tree of it. Everywhere the rule is the same: a method that is
/// given a reader at a start element leaves it behind that element's end.
/// </summary>
internal static class XmlReading
{
    private const string Instance = "http://www.w3.org/2001/XMLSchema-instance";

    /// <summary>Goes into the element at hand; <see cref="NextChild"/> then stops at each child.</summary>
    /// <returns>The depth to give to <see cref="NextChild"/>.</returns>
    public static int Enter(this XmlReader reader)
    {
        var depth = reader.IsEmptyElement ? -1 : reader.Depth;
        _ = reader.Read();
        return depth;
    }

    /// <summary>Whether there is another child; behind the last the reader is behind the parent too.</summary>
    public static bool NextChild(this XmlReader reader, int parent)
    {
        if (parent < 0)
            return false;
        while (true)
        {
            if (reader.NodeType == XmlNodeType.Element)
                return true;
            if (reader.NodeType == XmlNodeType.EndElement && reader.Depth == parent)
            {
                _ = reader.Read();
                return false;
            }
            if (!reader.Read())
                throw new XmlException("it ends in the middle");
        }
    }

    /// <summary>The text of the element at hand, which has no children.</summary>
    public static string Text(this XmlReader reader)
    {
        if (reader.IsEmptyElement)
        {
            _ = reader.Read();
            return "";
        }
        _ = reader.Read();
        var text = "";
        while (reader.NodeType != XmlNodeType.EndElement)
        {
            if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace)
                text = text.Length == 0 ? reader.Value : text + reader.Value;
            else if (reader.NodeType == XmlNodeType.Element)
                throw new XmlException($"'{reader.LocalName}' is where text should be");
            if (!reader.Read())
                throw new XmlException("it ends in the middle");
        }
        _ = reader.Read();
        return text;
    }

    public static bool Flag(this XmlReader reader) => reader.Text() is "true" or "1";

    public static int Number(this XmlReader reader)
    {
        var text = reader.Text();
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw NoNumber(text);
    }

    public static long Long(this XmlReader reader)
    {
        var text = reader.Text();
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw NoNumber(text);
    }

    /// <summary>A time as the system writes it, in UTC; null where it is none.</summary>
    public static DateTime? Time(this XmlReader reader) =>
        DateTime.TryParse(reader.Text(), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    public static MoRef Ref(this XmlReader reader)
    {
        var type = reader.GetAttribute("type") ?? "";
        return new MoRef(string.Intern(type.Length <= 64 ? type : throw new XmlException("a reference's type is too long")), reader.Text());
    }

    /// <summary>The <c>xsi:type</c> of the element at hand without its prefix; empty where it has none.</summary>
    public static string XsiType(this XmlReader reader)
    {
        var type = reader.GetAttribute("type", Instance);
        if (type is null)
            return "";
        var colon = type.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? type : type[(colon + 1)..];
    }

    /// <summary>The references of an <c>ArrayOfManagedObjectReference</c>.</summary>
    public static MoRef[] Refs(this XmlReader reader)
    {
        var refs = new List<MoRef>();
        var array = reader.Enter();
        while (reader.NextChild(array))
            refs.Add(reader.Ref());
        return [.. refs];
    }

    private static XmlException NoNumber(string text) => new($"'{(text.Length > 40 ? text[..40] : text)}' is no number");
}
