using System.Xml;
using Anyvisor.Drivers.VSphere.Wire;

namespace Anyvisor.Drivers.VSphere.Consoles;

/// <summary>Opens one console, once, for a short while.</summary>
/// <param name="Value">A secret.</param>
/// <param name="Host">The host that serves it; null for the one that gave the ticket.</param>
/// <param name="Port">Its port; 443 where it says none.</param>
/// <param name="Thumbprint">SHA-1 of the certificate that it will show.</param>
/// <param name="Url">The whole address, where the system gives one.</param>
internal sealed record WebTicket(string Value, string? Host, int Port, string? Thumbprint, string? Url)
{
    private const int Https = 443;

    public static WebTicket Read(XmlReader response)
    {
        var (value, host, port, thumbprint, url) = ("", (string?)null, Https, (string?)null, (string?)null);
        var answer = response.Enter();
        while (response.NextChild(answer))
        {
            var ticket = response.Enter();
            while (response.NextChild(ticket))
                switch (response.LocalName)
                {
                    case "ticket":
                        value = response.Text();
                        break;
                    case "host":
                        host = response.Text() is { Length: > 0 } name ? name : null;
                        break;
                    case "port":
                        port = response.Number() is > 0 and <= ushort.MaxValue and var number ? number : Https;
                        break;
                    case "sslThumbprint":
                        thumbprint = response.Text() is { Length: > 0 } print ? print : null;
                        break;
                    case "url":
                        url = response.Text() is { Length: > 0 } address ? address : null;
                        break;
                    default:
                        response.Skip();
                        break;
                }
        }
        return value.Length > 0 ? new WebTicket(value, host, port, thumbprint, url) : throw new XmlException("it holds no ticket");
    }

    // A record prints its properties: this one must not.
    public override string ToString() => $"a console ticket for {Host}";
}
