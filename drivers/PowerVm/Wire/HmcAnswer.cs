using System.Net;
using System.Xml.Linq;

namespace Anyvisor.Drivers.PowerVm.Wire;

/// <summary>What the console answered, and it was no error.</summary>
/// <param name="Status">200, 201, 204 and the like.</param>
/// <param name="Etag">Of what it showed.</param>
/// <param name="Body">Empty for 204.</param>
internal sealed record HmcAnswer(HttpStatusCode Status, string? Etag, byte[] Body)
{
    public bool IsEmpty => Body.Length == 0;

    public XElement Xml(string what) => HmcXml.Parse(Body, what);
}
