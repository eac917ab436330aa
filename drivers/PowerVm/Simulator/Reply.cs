using System.Globalization;

namespace Anyvisor.Drivers.PowerVm.Simulator;

/// <summary>An answer: its status, body and kind.</summary>
internal sealed record Reply(int Status, string Body = "", string ContentType = "application/atom+xml", string? Etag = null)
{
    public static Reply Empty { get; } = new(204);

    public static Reply NotFound(string path) =>
        Error(404, path, "The supplied URI does not identify a known resource.", "REST000B The URL presented to the Management Console REST Web Services is not valid.");

    public static Reply Error(int status, string path, string reason, string message) =>
        new(status, XmlOut.Entry("HttpErrorResponse", "web", Guid.NewGuid().ToString("D"), null, null, XmlOut.Object("HttpErrorResponse", "web", "", xml => xml
            .Leaf("HTTPStatus", "ROR", status.ToString(CultureInfo.InvariantCulture)).Leaf("RequestURI", "ROR", path).Leaf("ReasonCode", "ROR", reason).Leaf("Message", "ROO", message)
            .Leaf("RequestBody", "ROO", null).Leaf("RequestHeaders", "ROO", "{X-API-Session=*******}")), root: true));
}

/// <summary>The console refuses; the words are its own.</summary>
internal sealed class Refusal(int status, string reason, string message) : Exception(message)
{
    public int Status => status;
    public string Reason => reason;
}
