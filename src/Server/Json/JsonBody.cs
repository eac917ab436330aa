using System.Text.Json;
using System.Text.Unicode;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Anyvisor.Core.Problems;
using Microsoft.Net.Http.Headers;

namespace Anyvisor.Server.Json;

/// <summary>
/// Reads a request's JSON strictly: a field that we don't know is an error rather than a wish that goes unheard, and
/// every error says where it is and what was expected.
/// </summary>
internal static class JsonBody
{
    /// <summary>Bytes; no request of the API comes near it.</summary>
    internal const int Limit = 1 << 20;

    /// <summary>
    /// Bytes. A body that is too large is read on and thrown away up to here, because one who is still sending does not
    /// hear our answer: the line would break under him. Beyond, it does.
    /// </summary>
    internal const long Drained = 16 << 20;

    private const int DepthLimit = 16;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private static readonly ServerJson Strict = new(
        new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            AllowDuplicateProperties = false,
            NumberHandling = JsonNumberHandling.Strict,
            PropertyNameCaseInsensitive = false,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            MaxDepth = DepthLimit,
        }
    );

    /// <exception cref="CommandException">It is no JSON, or not of this shape.</exception>
    internal static async Task<T> ReadAsync<T>(HttpRequest request)
        where T : class
    {
        RequireJson(request);
        var cancellationToken = request.HttpContext.RequestAborted;
        using var document = await ParseAsync(request, cancellationToken);
        var type = (JsonTypeInfo<T>)Strict.GetTypeInfo(typeof(T))!;
        try
        {
            JsonShape.Check(document.RootElement, type);
            return document.RootElement.Deserialize(type)
                ?? throw ProblemFactory.Invalid("The body is null; a JSON object is expected.");
        }
        catch (JsonException error)
        {
            throw ProblemFactory.Invalid($"At {error.Path ?? "$"}: {error.Message}");
        }
        catch (InvalidOperationException error)
        {
            throw HalfCharacter(error);
        }
    }

    /// <summary>For routes whose body may be left out.</summary>
    internal static async Task<T?> ReadOptionalAsync<T>(HttpRequest request)
        where T : class =>
        request.ContentLength is 0 || request.ContentLength is null && request.ContentType is null ? null : await ReadAsync<T>(request);

    private static void RequireJson(HttpRequest request)
    {
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && IsJson(type))
            return;
        var sent = string.IsNullOrEmpty(request.ContentType) ? "has no Content-Type" : $"is '{request.ContentType}'";
        throw new CommandException(
            Problems.ProblemWriter.Make(
                ProblemTypes.InvalidArgument,
                "Unsupported media type",
                StatusCodes.Status415UnsupportedMediaType,
                $"The body {sent}; this route takes application/json."
            )
        );
    }

    private static bool IsJson(MediaTypeHeaderValue type) =>
        type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    private static async Task<JsonDocument> ParseAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await ReadBoundedAsync(request.Body, body, cancellationToken);
        var bytes = body.GetBuffer().AsMemory(0, (int)body.Length);
        // Files saved by some editors begin with a mark that says nothing but that this is UTF-8.
        if (bytes.Span.StartsWith(ByteOrderMark))
            bytes = bytes[ByteOrderMark.Length..];
        // The parser looks into texts only when they are read, which is too late to say where.
        if (!Utf8.IsValid(bytes.Span))
        {
            Utf8.ToUtf16(bytes.Span, new char[bytes.Length], out var valid, out _, replaceInvalidSequences: false);
            throw ProblemFactory.Invalid($"The body is not valid JSON: byte {valid + 1} is not UTF-8.");
        }
        try
        {
            return JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = DepthLimit, AllowDuplicateProperties = false });
        }
        catch (JsonException error)
        {
            throw ProblemFactory.Invalid(
                error.LineNumber is { } line
                    ? $"The body is not valid JSON at line {line + 1}, byte {error.BytePositionInLine + 1}: {Reason(error)}"
                    : $"The body is not valid JSON: {Reason(error)}"
            );
        }
        catch (InvalidOperationException error)
        {
            throw HalfCharacter(error);
        }
    }

    // What the parser says of an escaped half of a surrogate pair, which it finds when it unescapes a text.
    private static CommandException HalfCharacter(InvalidOperationException error) =>
        ProblemFactory.Invalid($"The body is not valid JSON: a text in it holds half a character. {error.Message}");

    private static async Task ReadBoundedAsync(Stream from, MemoryStream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        var tooLarge = false;
        int read;
        while ((read = await from.ReadAsync(buffer, cancellationToken)) > 0)
        {
            tooLarge |= to.Length + read > Limit;
            if (!tooLarge)
                to.Write(buffer, 0, read);
        }
        if (tooLarge)
            throw new CommandException(Problems.ProblemWriter.TooLarge(Limit));
    }

    // The parser appends its own zero-based position, which would contradict ours.
    private static string Reason(JsonException error) => error.Message.Split(" LineNumber:", 2)[0];
}
