using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Anyvisor.Driver;
using Anyvisor.Driver.Http;
using Anyvisor.Drivers.SolarisZones.Wire;

namespace Anyvisor.Drivers.SolarisZones.Rad;

/// <summary>
/// RAD's REST interface: one session, signed in anew when it was forgotten, ended when we go. Everything is synchronous
/// there: a call lasts as long as its work. Thread-safe.
/// </summary>
internal sealed class RadClient(ProviderHttp http, string user, Secret password, string host) : IAsyncDisposable
{
    private const long MostAnswer = 256 << 20;
    private const string Sessions = "api/authentication/1.0/Session/";
    private static readonly JsonDocumentOptions Bounds = new() { MaxDepth = 32 };

    private readonly SemaphoreSlim _signIn = new(1);
    private (string Cookie, string Href)? _session;

    public string Host => host;

    /// <summary>The payload of an answer that says success.</summary>
    public async Task<JsonElement> CallAsync(HttpMethod method, string path, string? body, string doing, CancellationToken cancellationToken)
    {
        var session = await SessionAsync(null, cancellationToken).ConfigureAwait(false);
        var (status, text) = await SendAsync(method, path, body, session.Cookie, doing, cancellationToken).ConfigureAwait(false);
        if (status == HttpStatusCode.Unauthorized)
        {
            session = await SessionAsync(session.Cookie, cancellationToken).ConfigureAwait(false);
            (status, text) = await SendAsync(method, path, body, session.Cookie, doing, cancellationToken).ConfigureAwait(false);
        }
        // Some methods that return nothing answer with no body at all.
        if (text.Length == 0 && (int)status is >= 200 and < 300)
            return default;
        var answer = Parse(text, status, doing);
        var said = answer.TryGetProperty("status", out var word) && word.ValueKind == JsonValueKind.String ? word.GetString()! : "";
        var payload = answer.TryGetProperty("payload", out var p) ? p : default;
        if ((int)status is < 200 or >= 300 || said != "success")
            throw Translate(status, said, payload, doing);
        return payload;
    }

    /// <summary>A method of a zone or of the manager; throws where its result has a code other than NONE.</summary>
    public async Task<JsonElement> MethodAsync(string path, string body, string doing, CancellationToken cancellationToken)
    {
        var result = await CallAsync(HttpMethod.Put, path, body, doing, cancellationToken).ConfigureAwait(false);
        if (result.ValueKind == JsonValueKind.Object && Text(result, "code") is { } code and not "NONE")
            throw new ProviderException(CommandErrors.Of($"{Text(result, "str")} {Text(result, "stderr")}"), $"Could not {doing}: RAD says {code}: {ZoneNames.Shown($"{Text(result, "str")} {Text(result, "stderr")}".Trim())}.")
            {
                NativeCode = code,
                NativeMessage = Text(result, "str"),
            };
        return result;
    }

    public static string? Text(JsonElement e, string name) => e.ValueKind == JsonValueKind.Object && e.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public async ValueTask DisposeAsync()
    {
        if (_session is { } session)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(3));
            try
            {
                _ = await SendAsync(HttpMethod.Delete, session.Href.TrimStart('/'), null, session.Cookie, "sign out", patience.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ProviderException or OperationCanceledException)
            {
                // It forgets the session by itself.
            }
        }
        http.Dispose();
        _signIn.Dispose();
    }

    /// <param name="expired">The cookie that no longer works: whoever comes first signs in for all.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    private async Task<(string Cookie, string Href)> SessionAsync(string? expired, CancellationToken cancellationToken)
    {
        await _signIn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_session is { } session && session.Cookie != expired)
                return session;
            _session = await SignInAsync(cancellationToken).ConfigureAwait(false);
            return _session.Value;
        }
        finally
        {
            _signIn.Release();
        }
    }

    private async Task<(string Cookie, string Href)> SignInAsync(CancellationToken cancellationToken)
    {
        var doing = $"sign in to {host} as {user}";
        var body = JsonSerializer.Serialize(new RadSignIn(user, password.Reveal(), "pam", true, -1), RadJson.Default.RadSignIn);
        using var request = new HttpRequestMessage(HttpMethod.Post, Sessions) { Content = Json(body) };
        using var response = await http.SendAsync(request, doing, cancellationToken).ConfigureAwait(false);
        var text = Encoding.UTF8.GetString(await http.ReadAsync(response, 1 << 20, doing, cancellationToken).ConfigureAwait(false));
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest)
            throw new ProviderException(ProviderError.AuthenticationFailed, $"Could not {doing}: user or password is wrong, or the user may not use RAD.") { NativeCode = ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture) };
        var payload = Parse(text, response.StatusCode, doing).TryGetProperty("payload", out var p) ? p : default;
        var cookie = response.Headers.TryGetValues("Set-Cookie", out var cookies) ? string.Join("; ", cookies.Select(c => c.Split(';')[0])) : null;
        return response.IsSuccessStatusCode && cookie is not null
            ? (cookie, Text(payload, "href") ?? "")
            : throw new ProviderException(ProviderError.ProtocolViolation, $"Could not {doing}: the answer ({(int)response.StatusCode}) has no session: is this RAD's REST interface (svcadm enable rad:remote)?");
    }

    private async Task<(HttpStatusCode Status, string Text)> SendAsync(HttpMethod method, string path, string? body, string cookie, string doing, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = Json(body);
        request.Headers.Add("Cookie", cookie);
        using var response = await http.SendAsync(request, doing, cancellationToken).ConfigureAwait(false);
        return (response.StatusCode, Encoding.UTF8.GetString(await http.ReadAsync(response, MostAnswer, doing, cancellationToken).ConfigureAwait(false)));
    }

    private static ByteArrayContent Json(string body) => new(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private JsonElement Parse(string text, HttpStatusCode status, string doing)
    {
        try
        {
            using var document = JsonDocument.Parse(text.AsMemory(), Bounds);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : throw new JsonException("it is no object");
        }
        catch (JsonException e)
        {
            throw new ProviderException(ProviderError.ProtocolViolation, $"Could not {doing}: the answer of {host} ({(int)status}) is not RAD's: {e.Message}", e);
        }
    }

    private static ProviderException Translate(HttpStatusCode status, string said, JsonElement payload, string doing)
    {
        var text = payload.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? said : $"{said} {payload.GetRawText()}";
        var error = status switch
        {
            HttpStatusCode.NotFound => ProviderError.NotFound,
            HttpStatusCode.Forbidden => ProviderError.PermissionDenied,
            HttpStatusCode.Unauthorized => ProviderError.AuthenticationFailed,
            HttpStatusCode.Conflict => ProviderError.Conflict,
            _ => CommandErrors.Of(text),
        };
        return new ProviderException(error, $"Could not {doing}: RAD says '{ZoneNames.Shown(text)}' ({(int)status}).") { NativeCode = said.Length > 0 ? said : ((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture), NativeMessage = text };
    }
}
