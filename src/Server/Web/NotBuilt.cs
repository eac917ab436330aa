namespace Anyvisor.Server.Web;

/// <summary>What a browser sees where the console was not built.</summary>
internal static class NotBuilt
{
    private const string Html = """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>Anyvisor</title>
        <style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem}code{background:#8882;padding:.1em .3em}</style>
        <h1>Anyvisor is running</h1>
        <p>Its web console was not built into this server. In a clone, build it with
        <code>npm --prefix web ci &amp;&amp; npm --prefix web run build</code>, then build the server again.</p>
        <p>The API is at <code>/api/v1</code>, its description at <a href="/openapi/v1.json">/openapi/v1.json</a>,
        and the command line is <code>./anyvisor --help</code>.</p>
        </html>
        """;

    internal static Task WriteAsync(HttpContext http)
    {
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.WriteAsync(Html, http.RequestAborted);
    }
}
