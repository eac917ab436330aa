using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Anyvisor.Driver;
using Anyvisor.Driver.Http;
using Anyvisor.Driver.Reading;

namespace Anyvisor.Drivers.VCloud.Wire;

/// <summary>
/// Calls of the vCloud API: signed in the way that the version asks for, renewed when the session ends, reads repeated
/// when the line breaks. Thread-safe.
/// </summary>
internal sealed class VcdClient : IAsyncDisposable
{
    private const int Attempts = 4;
    private const long MaxBytes = 256L << 20;

    /// <summary>The first that signs in by the OpenAPI.</summary>
    private const double OpenApi = 33;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Versions of the interface that we know, oldest first; a newer system still speaks the last of them.</summary>
    private static readonly double[] Known = [1.5, 5.1, 5.5, 5.6, 9.0, 20, 27, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39];

    private readonly ProviderHttp _http;
    private readonly VcdCredentials _credentials;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _signIn = new(1);
    private readonly SemaphoreSlim _lanes = new(8);
    private volatile Session? _session;
    private double _version;

    public VcdClient(Uri root, ServerTrust trust, VcdCredentials credentials, TimeProvider time)
    {
        (Root, _credentials, _time) = (root, credentials, time);
        _http = new ProviderHttp(root, trust, connections: 8);
        HeardAt = time.GetTimestamp();
    }

    public Uri Root { get; }
    public string Where => Root.Authority;
    public bool IsProvider => _credentials.IsProvider;
    public string Org => _credentials.Org;
    public string Version => _version.ToString("0.0#", CultureInfo.InvariantCulture);

    /// <summary>When it answered last.</summary>
    public long HeardAt { get; private set; }

    /// <param name="Header">Its name.</param>
    /// <param name="Value">A secret.</param>
    private sealed record Session(string Header, string Value);

    /// <summary>Finds the version to speak, and signs in.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var versions = await ReadAsync(VcdRequest.Get("api/versions", "asking for its versions"), session: null, cancellationToken).ConfigureAwait(false);
        var offered = versions.Children("VersionInfo").Where(info => info.Attr("deprecated") != "true").Concat(versions.Children("VersionInfo"))
            .Select(info => double.TryParse(info.Text("Version"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var version) ? version : 0).Where(version => Known.Contains(version)).ToList();
        if (offered.Count == 0)
            throw new ProviderException(ProviderError.NotCapable, $"{Where} speaks no version of the vCloud API that we know ({Known[0]} to {Known[^1]}): is it a Cloud Director?") { NativeCode = "versions" };
        _version = offered.Max();
        _ = await SessionAsync(stale: null, cancellationToken).ConfigureAwait(false);
    }

    public async Task<XElement> GetAsync(string path, string what, CancellationToken cancellationToken) =>
        await SendAsync(VcdRequest.Get(path, what), cancellationToken).ConfigureAwait(false) ?? throw new ProviderException(ProviderError.ProtocolViolation, $"{Where} answered nothing to {what}.");

    /// <summary>The document; null when there is no such object.</summary>
    public async Task<XElement?> FindAsync(string path, string what, CancellationToken cancellationToken)
    {
        try
        {
            return await GetAsync(path, what, cancellationToken).ConfigureAwait(false);
        }
        catch (ProviderException e) when (e.Error == ProviderError.NotFound)
        {
            return null;
        }
    }

    /// <returns>The answer's document; null where there is none.</returns>
    public async Task<XElement?> SendAsync(VcdRequest request, CancellationToken cancellationToken)
    {
        await _lanes.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Session? stale = null;
            for (var (attempt, renewals) = (1, 0); ; attempt++)
            {
                var session = await SessionAsync(stale, cancellationToken).ConfigureAwait(false);
                try
                {
                    return await ExchangeAsync(request, session, cancellationToken).ConfigureAwait(false);
                }
                catch (ProviderException e) when (e.Error == ProviderError.AuthenticationFailed && renewals++ < 3)
                {
                    stale = session; // Refused before it was done: again, with a session that all calls that wait share.
                }
                catch (ProviderException e) when (request.Method == HttpMethod.Get && attempt < Attempts && IsTransient(e))
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(50 << attempt), _time, cancellationToken).ConfigureAwait(false);
                }
                catch (ProviderException e) when (e.NativeCode == VcdErrors.Busy && attempt < Attempts)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(250 << attempt), _time, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            _ = _lanes.Release();
        }
    }

    /// <summary>All records of a query, page by page.</summary>
    /// <param name="type">For organisations: of the provider's own kind where we are the provider.</param>
    /// <param name="filter">FIQL; null for all.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    public async Task<List<XElement>> QueryAsync(string type, string? filter, CancellationToken cancellationToken)
    {
        if (IsProvider)
            type = "admin" + char.ToUpperInvariant(type[0]) + type[1..];
        var records = new List<XElement>();
        for (var page = 1; ; page++)
        {
            var path = $"api/query?type={type}&format=records&page={page}&pageSize=128{(filter is null ? "" : "&filter=" + Uri.EscapeDataString(filter))}";
            var answer = await GetAsync(path, $"listing {type} records", cancellationToken).ConfigureAwait(false);
            records.AddRange(answer.Elements().Where(element => element.Name.LocalName.EndsWith("Record", StringComparison.Ordinal)));
            if (answer.Link("nextPage") is null || page > 10_000)
                return records;
        }
    }

    /// <summary>The path of an address as the system tells it, whatever host it names: ours is the way that we reach it.</summary>
    public static string Path(string href) => Uri.TryCreate(href, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri.PathAndQuery.TrimStart('/') : href.TrimStart('/');

    public async ValueTask DisposeAsync()
    {
        if (_session is { } session)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), _time);
            try
            {
                _ = await ExchangeAsync(new VcdRequest(HttpMethod.Delete, "api/session", "signing off"), session, patience.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ProviderException or OperationCanceledException)
            {
                // It is gone: it forgets the session by itself.
            }
        }
        _http.Dispose();
        _signIn.Dispose();
        _lanes.Dispose();
    }

    /// <summary>The line broke, or the answer is damaged: not that nothing listens, or that it is not trusted.</summary>
    private static bool IsTransient(ProviderException e) =>
        e.Error == ProviderError.ProtocolViolation || (e.Error == ProviderError.Unreachable && (e.NativeCode is not null || e.Message.Contains("broke off", StringComparison.Ordinal)));

    private async Task<XElement> ReadAsync(VcdRequest request, Session? session, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ExchangeAsync(request, session, cancellationToken).ConfigureAwait(false) ?? throw new ProviderException(ProviderError.ProtocolViolation, $"{Where} answered nothing to {request.What}: is it a Cloud Director?");
            }
            catch (ProviderException e) when (attempt < Attempts && IsTransient(e))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50 << attempt), _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<XElement?> ExchangeAsync(VcdRequest request, Session? session, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(request.Method, request.Path);
        _ = message.Headers.TryAddWithoutValidation("Accept", _version > 0 ? $"application/*+xml;version={Version}" : "application/*+xml");
        if (session is not null)
            _ = message.Headers.TryAddWithoutValidation(session.Header, session.Value);
        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToString(SaveOptions.DisableFormatting)));
            message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse($"application/vnd.vmware.{request.Kind}+xml");
        }
        var (_, bytes) = await RawAsync(message, request.What, cancellationToken).ConfigureAwait(false);
        return bytes.Length == 0 ? null : Parse(bytes, request.What);
    }

    private XElement Parse(byte[] bytes, string what)
    {
        try
        {
            using var stream = new MemoryStream(bytes, writable: false);
            using var reader = HostileXml.Read(stream, MaxBytes);
            return XElement.Load(reader);
        }
        catch (XmlException e)
        {
            throw new ProviderException(ProviderError.ProtocolViolation, $"The answer of {Where} to {what} can't be read: {e.Message}", e);
        }
    }

    private async Task<(HttpResponseHeaders Headers, byte[] Body)> RawAsync(HttpRequestMessage message, string what, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, over.Token);
        try
        {
            using var response = await _http.SendAsync(message, what, either.Token).ConfigureAwait(false);
            var bytes = await _http.ReadAsync(response, MaxBytes, what, either.Token).ConfigureAwait(false);
            HeardAt = _time.GetTimestamp();
            return (int)response.StatusCode is >= 200 and < 300 ? (response.Headers, bytes) : throw VcdErrors.Explain(response.StatusCode, Encoding.UTF8.GetString(bytes), what, Where);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ProviderException(ProviderError.TimedOut, $"{Where} did not answer within {Patience.TotalMinutes:0} minutes while {what}.") { OutcomeUnknown = message.Method != HttpMethod.Get };
        }
    }

    /// <param name="stale">The session that the system refused; null takes whichever there is.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    private async Task<Session> SessionAsync(Session? stale, CancellationToken cancellationToken)
    {
        if (_session is { } known && known != stale)
            return known;
        await _signIn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_session is { } made && made != stale)
                return made;
            _session = null;
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return _session = await LogInAsync(cancellationToken).ConfigureAwait(false);
                }
                catch (ProviderException e) when (attempt < Attempts && IsTransient(e))
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(50 << attempt), _time, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            _ = _signIn.Release();
        }
    }

    private async Task<Session> LogInAsync(CancellationToken cancellationToken)
    {
        var what = _credentials.User is { } user ? $"signing '{user}' in to {_credentials.Org}" : $"signing in to {_credentials.Org}";
        try
        {
            if (_credentials.Token is { } token)
                return await ByTokenAsync(token, what, cancellationToken).ConfigureAwait(false);
            var path = _version < OpenApi ? "api/sessions" : _credentials.IsProvider ? "cloudapi/1.0.0/sessions/provider" : "cloudapi/1.0.0/sessions";
            using var message = new HttpRequestMessage(HttpMethod.Post, path);
            _ = message.Headers.TryAddWithoutValidation("Accept", _version < OpenApi ? $"application/*+xml;version={Version}" : $"application/json;version={Version}");
            var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_credentials.User}@{_credentials.Org}:{_credentials.Password!.Reveal()}"));
            _ = message.Headers.TryAddWithoutValidation("Authorization", $"Basic {basic}");
            var (headers, _) = await RawAsync(message, what, cancellationToken).ConfigureAwait(false);
            if (headers.TryGetValues("X-VMWARE-VCLOUD-ACCESS-TOKEN", out var tokens))
                return new Session("Authorization", $"Bearer {tokens.First()}");
            return headers.TryGetValues("x-vcloud-authorization", out var old)
                ? new Session("x-vcloud-authorization", old.First())
                : throw new ProviderException(ProviderError.ProtocolViolation, $"{Where} signed us in without a session: is it a Cloud Director?") { NativeCode = "no-session" };
        }
        catch (ProviderException e) when (e.Error is ProviderError.AuthenticationFailed or ProviderError.PermissionDenied)
        {
            throw new ProviderException(ProviderError.AuthenticationFailed, $"{Where} does not accept {(_credentials.User is { } name ? $"the user '{name}' with that password" : "the API token")} for the organisation '{_credentials.Org}'.", e) { NativeCode = e.NativeCode, NativeMessage = e.NativeMessage };
        }
    }

    private async Task<Session> ByTokenAsync(Secret token, string what, CancellationToken cancellationToken)
    {
        var path = _credentials.IsProvider ? "oauth/provider/token" : $"oauth/tenant/{Uri.EscapeDataString(_credentials.Org)}/token";
        using var message = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent([new("grant_type", "refresh_token"), new("refresh_token", token.Reveal())]) };
        _ = message.Headers.TryAddWithoutValidation("Accept", "application/json");
        var (_, body) = await RawAsync(message, what, cancellationToken).ConfigureAwait(false);
        try
        {
            using var json = JsonDocument.Parse(body);
            return new Session("Authorization", $"Bearer {json.RootElement.GetProperty("access_token").GetString()}");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ProviderException(ProviderError.ProtocolViolation, $"{Where} gives no access token for the API token: {e.Message}", e);
        }
    }
}
