using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Anyvisor.Client;

public sealed partial class AnyvisorClient
{
    /// <summary>Sends a command with a body. It carries its own idempotency key, so a broken line can't make it happen twice.</summary>
    public Task<Answer> SendAsync<T>(HttpMethod method, string path, T body, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(method, path, JsonSerializer.SerializeToUtf8Bytes(body, type), NewKey(), cancellationToken);

    /// <summary>Sends a command without a body.</summary>
    public Task<Answer> SendAsync(HttpMethod method, string path, CancellationToken cancellationToken) =>
        SendAsync(method, path, null, NewKey(), cancellationToken);

    /// <summary>Sends a file as the body of a command. Not repeated by itself, and without a limit on its time.</summary>
    public async Task<Answer> UploadAsync(string path, Stream file, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Post, path, NewKey());
        request.Content = new StreamContent(file, 1 << 18) { Headers = { ContentType = new("application/octet-stream") } };
        // The server may refuse by the headers alone; then nothing is sent.
        request.Headers.ExpectContinue = true;
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            return await ReadAnswerAsync(response, cancellationToken);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new ApiException(Failures.Unreachable(Server, error), error);
        }
    }

    /// <summary>A path's segment from what a person wrote: an id, a name, or PROVIDER/NAME.</summary>
    public static string Segment(string reference) => Uri.EscapeDataString(reference);

    private static string NewKey() => Guid.NewGuid().ToString("N");
}
