using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Anyvisor.Driver.Reading;

namespace Anyvisor.Driver.Http;

/// <summary>
/// HTTP to a provider, with what every driver over HTTP needs alike: trust, bounds, no redirects that would carry
/// credentials elsewhere, no cookies by themselves, and failures as <see cref="ProviderException"/>. Sign-in, content
/// and the system's own errors are the driver's. Thread-safe; dispose it with the connection.
/// </summary>
public sealed class ProviderHttp : IDisposable
{
    private readonly HttpClient _client;
    private readonly string _where;

    /// <param name="root">What relative addresses are relative to.</param>
    /// <param name="trust">How its certificate is judged.</param>
    /// <param name="connections">How many calls may be in flight; more wait.</param>
    public ProviderHttp(Uri root, ServerTrust trust, int connections)
    {
        ArgumentNullException.ThrowIfNull(root);
        _where = root.Authority;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.All,
            MaxConnectionsPerServer = connections,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
            MaxResponseHeadersLength = 64,
            SslOptions = new SslClientAuthenticationOptions
            {
                // Thrown here, it comes out as the cause of what the client throws.
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                    trust.Judge(certificate, errors, root.IdnHost, chain) is { } objection
                        ? throw new ProviderException(ProviderError.Unreachable, $"{_where} is not trusted: {objection}")
                        : true,
            },
        };
        _client = new HttpClient(handler) { BaseAddress = root, Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>
    /// Sends, and gives the answer when its head is there, whatever its status. The deadline is the token's.
    /// </summary>
    /// <param name="request">Disposed by the caller.</param>
    /// <param name="what">The call, for errors: <c>reading the partitions of sys1</c>.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    /// <exception cref="ProviderException">It can't be reached or trusted, or broke off.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string what, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw Explain(e, what, changes: request.Method != HttpMethod.Get && request.Method != HttpMethod.Head);
        }
    }

    /// <summary>The body of an answer, bounded.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="limit">Bytes.</param>
    /// <param name="what">The call, for errors.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    public async Task<byte[]> ReadAsync(HttpResponseMessage response, long limit, string what, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(response);
        try
        {
            var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            using var bounded = new BoundedStream(body, limit, $"The answer of {_where} to {what}");
            using var bytes = new MemoryStream(response.Content.Headers.ContentLength is { } length and > 0 ? (int)Math.Min(length, Math.Min(limit, 1 << 20)) : 0);
            await bounded.CopyToAsync(bytes, cancellationToken).ConfigureAwait(false);
            return bytes.ToArray();
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            // The system has answered: the call was carried out, or refused; which of them is in the part that is lost.
            throw new ProviderException(ProviderError.Unreachable, $"{_where} broke off while {what}: {e.GetBaseException().Message}", e)
            {
                OutcomeUnknown = response.RequestMessage?.Method != HttpMethod.Get,
            };
        }
    }

    public void Dispose() => _client.Dispose();

    private ProviderException Explain(HttpRequestException e, string what, bool changes)
    {
        if (e.InnerException is ProviderException known)
            return known;
        var cause = e.GetBaseException();
        var sent = e.HttpRequestError is HttpRequestError.ResponseEnded or HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError or HttpRequestError.Unknown;
        var message = e.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => $"There is no host {_where} ({cause.Message}): is the URL right?",
            HttpRequestError.ConnectionError when cause is SocketException { SocketErrorCode: SocketError.ConnectionRefused } => $"Nothing listens at {_where}: is the URL's port right, and the service up?",
            HttpRequestError.ConnectionError => $"{_where} can't be reached: {cause.Message}",
            HttpRequestError.SecureConnectionError => $"TLS with {_where} failed: {cause.Message}. Is that port spoken to by https?",
            HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError => $"{_where} does not answer in HTTP while {what}: {cause.Message}",
            _ => $"{_where} broke off while {what}: {cause.Message}",
        };
        var error = e.HttpRequestError is HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError ? ProviderError.ProtocolViolation : ProviderError.Unreachable;
        return new ProviderException(error, message, e) { OutcomeUnknown = changes && sent };
    }
}
