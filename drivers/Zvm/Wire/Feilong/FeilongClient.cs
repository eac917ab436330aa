using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Anyvisor.Driver;
using Anyvisor.Driver.Http;

namespace Anyvisor.Drivers.Zvm.Wire.Feilong;

/// <summary>
/// The connector's REST over one line: a token, renewed once when it is refused; bounds; its errors in our words. Reads
/// are tried again when the line breaks, writes never. Thread-safe.
/// </summary>
internal sealed class FeilongClient(Uri root, ServerTrust trust, Secret? adminToken, int parallel) : IDisposable
{
    private const long MaxAnswer = 64L << 20;
    private const int Tries = 3;
    private static readonly TimeSpan ReadDeadline = TimeSpan.FromMinutes(2);

    private readonly ProviderHttp _http = new(root, trust, parallel);
    private readonly SemaphoreSlim _slots = new(parallel);
    private readonly SemaphoreSlim _signing = new(1);
    private string? _token;

    internal string Where => root.Authority;

    /// <exception cref="ProviderException">It failed, or what came is no answer.</exception>
    internal async Task<FeilongReply> GetAsync(string path, string what, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(ReadDeadline);
        for (var attempt = 1; ; attempt++)
            try
            {
                return await SendAsync(HttpMethod.Get, path, null, what, deadline.Token).ConfigureAwait(false);
            }
            catch (ProviderException e) when (attempt < Tries && e.Error is ProviderError.Unreachable or ProviderError.ProtocolViolation && e.NativeCode is null && attempt < Tries)
            {
                continue;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new ProviderException(ProviderError.TimedOut, $"{Where} did not answer within {ReadDeadline.TotalSeconds} s while {what}");
            }
    }

    /// <param name="method">POST, PUT or DELETE.</param>
    /// <param name="path">Below the root, escaped.</param>
    /// <param name="write">Writes the body's fields; null for none.</param>
    /// <param name="what">The call, for errors.</param>
    /// <param name="cancellationToken">Carries the deadline: some calls take minutes.</param>
    internal Task<FeilongReply> ChangeAsync(HttpMethod method, string path, Action<Utf8JsonWriter>? write, string what, CancellationToken cancellationToken) =>
        SendAsync(method, path, write is null ? null : Body(write), what, cancellationToken);

    internal Task<FeilongReply> ActAsync(string user, string action, string what, CancellationToken cancellationToken, Action<Utf8JsonWriter>? more = null) =>
        ChangeAsync(
            HttpMethod.Post,
            $"guests/{Uri.EscapeDataString(user)}/action",
            json =>
            {
                json.WriteString("action", action);
                more?.Invoke(json);
            },
            what,
            cancellationToken);

    public void Dispose()
    {
        _http.Dispose();
        _slots.Dispose();
        _signing.Dispose();
    }

    private async Task<FeilongReply> SendAsync(HttpMethod method, string path, byte[]? body, string what, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var token = await TokenAsync(null, cancellationToken).ConfigureAwait(false);
            var (status, reply) = await OnceAsync(method, path, body, token, what, cancellationToken).ConfigureAwait(false);
            if (status == HttpStatusCode.Unauthorized && adminToken is not null)
            {
                token = await TokenAsync(token, cancellationToken).ConfigureAwait(false);
                (status, reply) = await OnceAsync(method, path, body, token, what, cancellationToken).ConfigureAwait(false);
            }
            return reply.Succeeded && (int)status < 300 ? reply : throw Failure(reply, status, what);
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task<(HttpStatusCode Status, FeilongReply Reply)> OnceAsync(HttpMethod method, string path, byte[]? body, string? token, string what, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null)
            request.Headers.TryAddWithoutValidation("X-Auth-Token", token);
        if (body is not null)
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var response = await _http.SendAsync(request, what, cancellationToken).ConfigureAwait(false);
        var answer = await _http.ReadAsync(response, MaxAnswer, what, cancellationToken).ConfigureAwait(false);
        if (answer.Length == 0 && response.StatusCode == HttpStatusCode.NoContent)
            return (response.StatusCode, new FeilongReply(0, 0, 0, null, "", default));
        try
        {
            return (response.StatusCode, FeilongReply.Parse(answer, what));
        }
        catch (ProviderException e) when (method != HttpMethod.Get)
        {
            // It answered, and what, is lost: it may have been done.
            throw new ProviderException(e.Error, e.Message, e) { OutcomeUnknown = true };
        }
    }

    /// <summary>The token in use, or a new one where <paramref name="refused"/> is the one in use. One sign-in at a time.</summary>
    private async Task<string?> TokenAsync(string? refused, CancellationToken cancellationToken)
    {
        if (adminToken is null || (_token is { } known && known != refused))
            return _token;
        await _signing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_token is { } fresh && fresh != refused)
                return fresh;
            return _token = await SignInAsync(adminToken, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _signing.Release();
        }
    }

    private async Task<string> SignInAsync(Secret secret, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "token");
                if (!request.Headers.TryAddWithoutValidation("X-Admin-Token", Convert.ToString(secret.Reveal(), System.Globalization.CultureInfo.InvariantCulture)))
                    throw new ProviderException(ProviderError.AuthenticationFailed, $"The administrator token of {Where} holds characters that no header can carry");
                using var response = await _http.SendAsync(request, "signing in", cancellationToken).ConfigureAwait(false);
                if (response.IsSuccessStatusCode && response.Headers.TryGetValues("X-Auth-Token", out var tokens) && tokens.FirstOrDefault() is { Length: > 0 } token)
                    return token;
                throw response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest
                    ? new ProviderException(ProviderError.AuthenticationFailed, $"{Where} does not accept the administrator token: give the content of the connector's token file (/etc/zvmsdk/token.dat) as the password") { NativeCode = ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture) }
                    : new ProviderException(ProviderError.ProtocolViolation, $"{Where} answers a sign-in with HTTP {(int)response.StatusCode} and no token: is it a z/VM cloud connector?");
            }
            catch (ProviderException e) when (attempt < Tries && e.Error is ProviderError.Unreachable && e.OutcomeUnknown)
            {
                continue;
            }
    }

    private ProviderException Failure(FeilongReply reply, HttpStatusCode status, string what)
    {
        var error = status == HttpStatusCode.Unauthorized ? ProviderError.AuthenticationFailed : ReturnCodes.OfConnector(reply.OverallRc, reply.Rc, reply.Rs, (int)status);
        var why = reply.Message.Length > 0 ? reply.Message : ReturnCodes.Words(reply.Rc, reply.Rs);
        var advice = reply is { OverallRc: 25, Rc: -110 } ? " The management API behind the connector is down; it restarts itself now and then" : "";
        return new ProviderException(error, $"{Where} failed {what}: {why}{advice} (overallRC {reply.OverallRc}, rc {reply.Rc}, rs {reply.Rs})") { NativeCode = reply.Code, NativeMessage = reply.Message };
    }

    private static byte[] Body(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }
}
