namespace Anyvisor.Drivers.PowerVm.Wire;

/// <summary>One call.</summary>
/// <param name="Method">Of HTTP.</param>
/// <param name="Path">Below <c>/rest/api/</c>, made of literals, UUIDs and escaped text alone.</param>
/// <param name="What">For errors: <c>reading the partitions of sys1</c>.</param>
internal sealed record HmcRequest(HttpMethod Method, string Path, string What)
{
    public string? Body { get; init; }
    public string? ContentType { get; init; }
    public string Accept { get; init; } = "application/atom+xml, application/json, */*";
    public string? IfMatch { get; init; }
    public long MaxBytes { get; init; } = 256L << 20;

    public static HmcRequest Get(string path, string what) => new(HttpMethod.Get, path, what);

    public static HmcRequest Uom(HttpMethod method, string path, string type, string body, string what) =>
        new(method, path, what) { Body = body, ContentType = $"application/vnd.ibm.powervm.uom+xml; type={type}" };
}
