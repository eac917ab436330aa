using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace Anyvisor.Server.Web;

/// <summary>
/// The web console: files that were built into <c>web/</c> beside the server. Paths that are no file are views of the
/// console, which finds its way by itself.
/// </summary>
internal sealed class WebConsole(IFileProvider? files)
{
    private const string Page = "index.html";
    private static readonly PathString[] Others = ["/api", "/openapi", "/metrics", "/healthz", "/readyz"];
    private static readonly FileExtensionContentTypeProvider Types = new();

    internal static WebConsole Find(string baseDirectory)
    {
        var directory = Path.Combine(baseDirectory, "web");
        return new WebConsole(File.Exists(Path.Combine(directory, Page)) ? new PhysicalFileProvider(directory) : null);
    }

    /// <summary>Answers what a browser's address bar leads to, and leaves the API and the machine's own paths to the routes.</summary>
    internal Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        var request = http.Request;
        if (!(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) || Array.Exists(Others, other => request.Path.StartsWithSegments(other, StringComparison.Ordinal)))
            return next(http);
        return files is null ? NotBuilt.WriteAsync(http) : WriteAsync(http, files);
    }

    private static async Task WriteAsync(HttpContext http, IFileProvider files)
    {
        var path = http.Request.Path.Value!.TrimStart('/');
        var file = path.Length == 0 ? null : files.GetFileInfo(path);
        if (file is { Exists: true, IsDirectory: false })
        {
            // Built assets bear a hash of their content in their name; the rest may change with the next version.
            http.Response.Headers.CacheControl = path.StartsWith("assets/", StringComparison.Ordinal)
                ? "public, max-age=31536000, immutable"
                : "no-cache";
            await SendAsync(http, files, path, file);
        }
        else if (Path.HasExtension(path))
            http.Response.StatusCode = StatusCodes.Status404NotFound;
        else
        {
            http.Response.Headers.CacheControl = "no-cache";
            await SendAsync(http, files, Page, files.GetFileInfo(Page));
        }
    }

    private static async Task SendAsync(HttpContext http, IFileProvider files, string path, IFileInfo file)
    {
        var tag = $"\"{file.LastModified.UtcTicks:x}-{file.Length:x}\"";
        http.Response.Headers.ETag = tag;
        http.Response.Headers.Vary = "Accept-Encoding";
        if (http.Request.Headers.IfNoneMatch.Contains(tag))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        http.Response.ContentType = Types.TryGetContentType(path, out var type) ? type : "application/octet-stream";
        var packed = Packed(http, files, path, "br") ?? Packed(http, files, path, "gzip");
        if (HttpMethods.IsGet(http.Request.Method))
            await http.Response.SendFileAsync(packed ?? file, http.RequestAborted);
    }

    /// <summary>The file as the build packed it beside, where the browser takes that.</summary>
    private static IFileInfo? Packed(HttpContext http, IFileProvider files, string path, string encoding)
    {
        if (!http.Request.Headers.AcceptEncoding.ToString().Contains(encoding, StringComparison.OrdinalIgnoreCase))
            return null;
        if (files.GetFileInfo(path + (encoding == "br" ? ".br" : ".gz")) is not { Exists: true } packed)
            return null;
        http.Response.Headers.ContentEncoding = encoding;
        return packed;
    }
}
