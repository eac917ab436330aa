using System.Net;
using System.Text.Json;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Client;

/// <summary>
/// The API of one server. Safe for use by many threads. Documents come as <see cref="JsonElement"/>, just as the server
/// wrote them; typed records are one <c>Deserialize</c> with <see cref="ModelJson"/> away. Throws <see cref="ApiException"/> alone,
/// and <see cref="OperationCanceledException"/> when the caller cancels.
/// </summary>
public sealed partial class AnyvisorClient : IDisposable
{
    private const string Base = "/api/v1";
    private const int Attempts = 3;
    private readonly ClientOptions _options;
    private readonly HttpMessageInvoker _http;

    public AnyvisorClient(ClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _http = new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                // A redirect would carry the token to wherever it points.
                AllowAutoRedirect = false,
                UseCookies = false,
                // Looking for a proxy costs time, and none stands between a machine and itself.
                UseProxy = !options.Server.IsLoopback,
                AutomaticDecompression = DecompressionMethods.None,
                ConnectTimeout = TimeSpan.FromSeconds(15),
                ConnectCallback = options.Blocking ? DirectConnection.Open : null,
            }
        );
    }

    /// <summary>The address in use.</summary>
    public Uri Server => _options.Server;

    public void Dispose() => _http.Dispose();

    /// <summary>Reads one document: <paramref name="path"/> begins after <c>/api/v1</c>.</summary>
    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Get, path, null, null, cancellationToken)).Json;

    private async Task<Answer> SendAsync(
        HttpMethod method,
        string path,
        ReadOnlyMemory<byte>? body,
        string? idempotencyKey,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            using var deadline = new CancellationTokenSource(_options.AnswerWithin, _options.Time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            using var request = Request(method, path, idempotencyKey);
            if (body is { } bytes)
                request.Content = new ReadOnlyMemoryContent(bytes) { Headers = { ContentType = new("application/json") } };
            try
            {
                using var response = _options.Blocking ? _http.Send(request, both.Token) : await _http.SendAsync(request, both.Token);
                return await ReadAnswerAsync(response, both.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new ApiException(Failures.NoAnswer(Server, _options.AnswerWithin));
            }
            catch (HttpRequestException error) when (attempt < Attempts && Failures.CutOff(error))
            {
                // The line broke after it stood. Reads may be asked again, and so may commands: they carry a key.
            }
            catch (Exception error) when (error is HttpRequestException or IOException)
            {
                throw new ApiException(Failures.Unreachable(Server, error), error);
            }
        }
    }

    private HttpRequestMessage Request(HttpMethod method, string path, string? idempotencyKey, string accept = "application/json")
    {
        var request = new HttpRequestMessage(method, new Uri(Server, Base + path));
        if (_options.Token is { } token)
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (idempotencyKey is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        return request;
    }

    private async Task<Answer> ReadAnswerAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
            throw new ApiException(await ReadProblemAsync(response, cancellationToken));
        if (response.StatusCode == HttpStatusCode.NoContent || response.Content.Headers.ContentLength == 0)
            return new Answer(default, IsTask: false);
        var type = response.Content.Headers.ContentType;
        if (type?.MediaType is not "application/json")
            throw new ApiException(Failures.NotOurs(Server, type?.MediaType));
        try
        {
            using var document = _options.Blocking
                ? JsonDocument.Parse(response.Content.ReadAsStream(cancellationToken))
                : await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), default, cancellationToken);
            return new Answer(document.RootElement.Clone(), response.StatusCode == HttpStatusCode.Accepted);
        }
        catch (JsonException error)
        {
            throw new ApiException(Failures.Garbled(Server, error), error);
        }
    }

    private async Task<Problem> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType is "application/problem+json")
        {
            try
            {
                await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
                var problem = await JsonSerializer.DeserializeAsync(stream, ModelJson.Default.Problem, cancellationToken);
                if (problem is not null)
                    return problem with { Status = (int)response.StatusCode };
            }
            catch (JsonException)
            {
                // Not the problem document that it says it is: the status still tells the caller what kind of no it was.
            }
        }
        return Failures.FromStatus(Server, response.StatusCode, response.ReasonPhrase);
    }
}
