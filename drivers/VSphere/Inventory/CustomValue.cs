using System.Xml;
using Anyvisor.Drivers.VSphere.Wire;

namespace Anyvisor.Drivers.VSphere.Inventory;

/// <summary>The value of a custom attribute, by the attribute's number.</summary>
internal readonly record struct CustomValue(int Field, string Value)
{
    /// <summary>Reads an <c>ArrayOfCustomFieldValue</c>. A later value of the same attribute is the one that holds.</summary>
    public static CustomValue[] Read(XmlReader reader, Interner words)
    {
        var values = new List<CustomValue>();
        var array = reader.Enter();
        while (reader.NextChild(array))
        {
            var (key, text) = (0, "");
            var value = reader.Enter();
            while (reader.NextChild(value))
                switch (reader.LocalName)
                {
                    case "key":
                        key = reader.Number();
                        break;
                    case "value":
                        text = words.Of(reader.Text());
                        break;
                    default:
                        reader.Skip();
                        break;
                }
            _ = values.RemoveAll(known => known.Field == key);
            if (text.Length > 0)
                values.Add(new CustomValue(key, text));
        }
        return values.Count == 0 ? [] : [.. values];
    }
}
