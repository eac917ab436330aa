using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Anyvisor.Driver;

namespace Anyvisor.Drivers.VSphere.Tests.Stub;

/// <summary>
/// Answers calls by a script, for what vcsim does not do: truncated waits, pages, parts of properties, and system faults
/// of a certain kind. It knows no state; every call is noted.
/// </summary>
internal sealed partial class StubVCenter : IAsyncDisposable
{
    private const string Head = """<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>""";
    private const string Tail = "</soapenv:Body></soapenv:Envelope>";

    private readonly HttpListener _listener = new();
    private readonly Func<string, string, string?> _script;
    private readonly string _about;
    private readonly Task _serving;

    /// <param name="script">Of a method and the request's body the content of its response; null for what every vCenter answers.</param>
    /// <param name="about">The <c>about</c> of the service content.</param>
    public StubVCenter(Func<string, string, string?> script, string about = "<name>VMware vCenter Server</name><version>8.0.2</version><build>1</build><apiType>VirtualCenter</apiType><apiVersion>8.0.2.0</apiVersion>")
    {
        (_script, _about) = (script, about);
        for (var port = 24100; ; port++)
            try
            {
                _listener.Prefixes.Clear();
                _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
                _listener.Start();
                Address = new ProviderAddress { Provider = "stub", Url = $"http://127.0.0.1:{port}/sdk", User = "u", Password = new Secret("p") };
                break;
            }
            catch (HttpListenerException) when (port < 24900)
            {
                // Somebody has that port: the next.
            }
        _serving = ServeAsync();
    }

    public ProviderAddress Address { get; }

    /// <summary>Every call's body, in order.</summary>
    public ConcurrentQueue<(string Method, string Body)> Calls { get; } = new();

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            _ = Task.Run(() => AnswerAsync(context));
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        var body = await reader.ReadToEndAsync();
        var method = FirstInBody().Match(body).Groups[1].Value;
        Calls.Enqueue((method, body));
        var content = _script(method, body) ?? Usual(method);
        var answer = content.StartsWith("<soapenv:Fault", StringComparison.Ordinal) ? content : $"<{method}Response xmlns=\"urn:vim25\">{content}</{method}Response>";
        var bytes = Encoding.UTF8.GetBytes(Head + answer + Tail);
        try
        {
            if (method == "Login")
                context.Response.AddHeader("Set-Cookie", "vmware_soap_session=\"stub\"; Path=/; HttpOnly");
            if (method == "WaitForUpdatesEx" && content.Length == 0)
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None); // Nothing happens for a moment.
            context.Response.StatusCode = content.StartsWith("<soapenv:Fault", StringComparison.Ordinal) ? 500 : 200;
            context.Response.ContentType = "text/xml; charset=utf-8";
            await context.Response.OutputStream.WriteAsync(bytes);
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The caller has gone.
        }
    }

    private string Usual(string method) =>
        method switch
        {
            "RetrieveServiceContent" => $"<returnval><rootFolder type=\"Folder\">group-d1</rootFolder><propertyCollector type=\"PropertyCollector\">pc</propertyCollector><viewManager type=\"ViewManager\">vm</viewManager><about>{_about}</about><sessionManager type=\"SessionManager\">sm</sessionManager><searchIndex type=\"SearchIndex\">si</searchIndex></returnval>",
            "CreatePropertyCollector" => "<returnval type=\"PropertyCollector\">session-pc</returnval>",
            "CreateContainerView" => "<returnval type=\"ContainerView\">view</returnval>",
            "CreateFilter" => "<returnval type=\"PropertyFilter\">filter</returnval>",
            _ => "",
        };

    [GeneratedRegex(@"Body>\s*<(\w+)")]
    private static partial Regex FirstInBody();
}
