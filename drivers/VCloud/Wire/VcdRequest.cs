using System.Xml.Linq;

namespace Anyvisor.Drivers.VCloud.Wire;

/// <param name="Method">HTTP.</param>
/// <param name="Path">Relative to the root: <c>api/vApp/vm-…</c>.</param>
/// <param name="What">For errors: <c>starting 'web1'</c>.</param>
/// <param name="Body">What is sent.</param>
/// <param name="Kind">The body's type: <c>application/vnd.vmware.vcloud.KIND+xml</c>.</param>
internal sealed record VcdRequest(HttpMethod Method, string Path, string What, XElement? Body = null, string? Kind = null)
{
    public static VcdRequest Get(string path, string what) => new(HttpMethod.Get, path, what);

    public static VcdRequest Post(string path, string what, XElement? body = null, string? kind = null) => new(HttpMethod.Post, path, what, body, kind);
}
