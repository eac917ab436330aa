using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Xml.Linq;
using Anyvisor.Driver;
using Anyvisor.Driver.Http;

namespace Anyvisor.Drivers.PowerVm.Wire;

/// <summary>
/// A session with a management console: signs in once, again when the console forgot it, and off at the end, for
/// sessions of a user are counted there. At most four calls are in flight, the wait for events among them.
/// Thread-safe.
/// </summary>
internal sealed class HmcClient : IAsyncDisposable
{
    /// <summary>Beside the one that waits for events.</summary>
    private const int CallsInFlight = 3;
    private const int Attempts = 4;
    private const int MostRenewals = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly ProviderHttp _http;
    private readonly HmcCredentials _credentials;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _slots = new(CallsInFlight);
    private readonly SemaphoreSlim _signIn = new(1);
    private string? _token;

    public HmcClient(Uri root, ServerTrust trust, HmcCredentials credentials, TimeProvider time)
    {
        Root = root;
        _http = new ProviderHttp(root, trust, CallsInFlight + 1);
        (_credentials, _time) = (credentials, time);
    }

    public Uri Root { get; }

    /// <summary>When the console answered last, by the clock's timestamps.</summary>
    public long HeardAt { get; private set; }

    public async Task SignInAsync(CancellationToken cancellationToken) => await TokenAsync(stale: null, cancellationToken).ConfigureAwait(false);

    /// <summary>One call. Reads are repeated when the line or the answer broke; changes never are.</summary>
    /// <exception cref="ProviderException">It failed; what the console said is inside.</exception>
    public async Task<HmcAnswer> SendAsync(HmcRequest request, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await RepeatAsync(request, static answer => answer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _ = _slots.Release();
        }
    }

    /// <summary>The objects of a feed or entry; none where the console says 204.</summary>
    public Task<List<HmcObject>> ListAsync(string path, string what, CancellationToken cancellationToken) => ListAsync(path, what, static one => one, cancellationToken);

    /// <summary>The same as what is made of them, one after another.</summary>
    public async Task<List<T>> ListAsync<T>(string path, string what, Func<HmcObject, T> read, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await RepeatAsync(HmcRequest.Get(path, what), answer => Objects(answer, what, read), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _ = _slots.Release();
        }
    }

    /// <summary>One object; null where the console has none of that identity.</summary>
    public async Task<HmcObject?> FindAsync(string path, string what, CancellationToken cancellationToken)
    {
        try
        {
            return (await ListAsync(path, what, cancellationToken).ConfigureAwait(false)).FirstOrDefault();
        }
        catch (ProviderException e) when (e.Error == ProviderError.NotFound)
        {
            return null;
        }
    }

    /// <summary>Text that is JSON; read as often as it takes to be some.</summary>
    public async Task<T> JsonAsync<T>(string path, string what, Func<ReadOnlyMemory<byte>, T> read, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await RepeatAsync(HmcRequest.Get(path, what), answer => Json(answer, what, read), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _ = _slots.Release();
        }
    }

    /// <summary>Waits at the console's queue for what happened; none after about ten seconds of silence.</summary>
    public Task<List<HmcObject>> EventsAsync(string path, CancellationToken cancellationToken) =>
        RepeatAsync(HmcRequest.Get(path, "waiting for events"), static answer => Objects(answer, "waiting for events", static one => one), cancellationToken, attempts: 1);

    public async ValueTask DisposeAsync()
    {
        if (_token is { } token)
            await SignOffAsync(token).ConfigureAwait(false);
        _http.Dispose();
    }

    private static List<T> Objects<T>(HmcAnswer answer, string what, Func<HmcObject, T> read) => answer.IsEmpty ? [] : HmcObject.Read(answer.Body, what, read);

    private static T Json<T>(HmcAnswer answer, string what, Func<ReadOnlyMemory<byte>, T> read)
    {
        try
        {
            return read(answer.Body);
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new ProviderException(ProviderError.ProtocolViolation, $"The answer to {what} is not the JSON that it should be: {e.Message}", e);
        }
    }

    private async Task<T> RepeatAsync<T>(HmcRequest request, Func<HmcAnswer, T> read, CancellationToken cancellationToken, int attempts = Attempts)
    {
        if (request.Method != HttpMethod.Get)
            attempts = 1;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return read(await SignedInAsync(request, cancellationToken).ConfigureAwait(false));
            }
            catch (ProviderException e) when (attempt < attempts && IsTransient(e))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50 << attempt), _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Of a read: the line broke, the answer is damaged, or a VIOS was busy.</summary>
    private static bool IsTransient(ProviderException e) =>
        e.Error is ProviderError.ProtocolViolation
        || (e.Error is ProviderError.Unreachable && e.Message.Contains("broke off", StringComparison.Ordinal))
        || (e.Error is ProviderError.ProviderFault && e.NativeMessage?.Contains("Please retry the operation", StringComparison.OrdinalIgnoreCase) == true);

    private async Task<HmcAnswer> SignedInAsync(HmcRequest request, CancellationToken cancellationToken)
    {
        var token = await TokenAsync(stale: null, cancellationToken).ConfigureAwait(false);
        var answer = await ExchangeAsync(request, token, cancellationToken).ConfigureAwait(false);
        for (var renewals = 0; answer.Status == HttpStatusCode.Unauthorized && renewals < MostRenewals; renewals++)
        {
            // The console carried nothing out: again with a new session, which all calls that wait share.
            token = await TokenAsync(stale: token, cancellationToken).ConfigureAwait(false);
            answer = await ExchangeAsync(request, token, cancellationToken).ConfigureAwait(false);
        }
        HeardAt = _time.GetTimestamp();
        return (int)answer.Status is >= 200 and < 300 ? answer : throw HmcErrors.Explain(answer, request.What, Root.Authority);
    }

    private async Task<HmcAnswer> ExchangeAsync(HmcRequest request, string? token, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var patience = new CancellationTokenSource(Patience, _time);
        using var registration = patience.Token.Register(deadline.Cancel);
        using var message = new HttpRequestMessage(request.Method, request.Path);
        _ = message.Headers.TryAddWithoutValidation("Accept", request.Accept);
        if (token is not null)
            _ = message.Headers.TryAddWithoutValidation("X-API-Session", token);
        _ = message.Headers.TryAddWithoutValidation("X-Audit-Memento", "anyvisor");
        if (request.IfMatch is { } etag)
            _ = message.Headers.TryAddWithoutValidation("If-Match", etag);
        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(request.ContentType!);
        }
        try
        {
            using var response = await _http.SendAsync(message, request.What, deadline.Token).ConfigureAwait(false);
            var bytes = await _http.ReadAsync(response, request.MaxBytes, request.What, deadline.Token).ConfigureAwait(false);
            return new HmcAnswer(response.StatusCode, response.Headers.TryGetValues("ETag", out var tags) ? tags.First() : null, bytes);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProviderException(ProviderError.TimedOut, $"{Root.Authority} did not answer within {Patience.TotalMinutes:0} minutes while {request.What}")
            {
                OutcomeUnknown = request.Method != HttpMethod.Get,
            };
        }
    }

    /// <param name="stale">The token that the console refused; null takes whichever there is.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    private async Task<string> TokenAsync(string? stale, CancellationToken cancellationToken)
    {
        if (_token is { } known && known != stale)
            return known;
        await _signIn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Whoever waited finds the session that another call made: one sign-in, no storm.
            if (_token is { } made && made != stale)
                return made;
            _token = null;
            return _token = await LogonAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _ = _signIn.Release();
        }
    }

    private async Task<string> LogonAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var answer = await ExchangeAsync(LogonRequest(), token: null, cancellationToken).ConfigureAwait(false);
                if (answer.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
                    throw HmcErrors.SignInRefused(answer, _credentials.User, Root.Authority);
                if ((int)answer.Status is < 200 or >= 300)
                    throw HmcErrors.Explain(answer, "signing in", Root.Authority);
                return answer.Xml("signing in").DescendantsAndSelf().FirstOrDefault(e => e.Is("X-API-Session"))?.Value.Trim() is { Length: > 0 } token
                    ? token
                    : throw new ProviderException(ProviderError.ProtocolViolation, $"{Root.Authority} signed us in without a session: is it a management console?");
            }
            catch (ProviderException e) when (attempt < Attempts && (IsTransient(e) || e.OutcomeUnknown))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50 << attempt), _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private HmcRequest LogonRequest() =>
        new(HttpMethod.Put, "web/Logon", "signing in")
        {
            ContentType = "application/vnd.ibm.powervm.web+xml; type=LogonRequest",
            Accept = "application/vnd.ibm.powervm.web+xml; type=LogonResponse",
            MaxBytes = 1 << 20,
            Body = new XElement(
                HmcXml.Web + "LogonRequest",
                new XAttribute("schemaVersion", "V1_0"),
                new XElement(HmcXml.Web + "UserID", _credentials.User),
                new XElement(HmcXml.Web + "Password", _credentials.Password.Reveal())
            ).ToString(SaveOptions.DisableFormatting),
        };

    private async Task SignOffAsync(string token)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), _time);
        try
        {
            _ = await ExchangeAsync(new HmcRequest(HttpMethod.Delete, "web/Logon", "signing off"), token, patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ProviderException or OperationCanceledException)
        {
            // The console is gone: it forgets the session by itself.
        }
    }
}
