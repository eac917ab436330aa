using Anyvisor.Core.Images;
using Anyvisor.Core.Problems;
using Anyvisor.Model;
using Anyvisor.Server.Json;
using Anyvisor.Server.Problems;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Anyvisor.Server.Images;

/// <summary>An upload as it arrives: what it is to become, and the file as a stream that nothing has read yet.</summary>
/// <param name="Image">What it is to become.</param>
/// <param name="File">The file.</param>
/// <param name="Length">Its bytes, where the caller says.</param>
internal sealed record Upload(ImageUpload Image, Stream File, long? Length);

/// <summary>Reads both forms of an upload without holding the file: the raw body, and a form as browsers send it.</summary>
internal static class UploadReader
{
    private const int LongestField = 4096;
    private const int MostFields = 16;
    private static readonly string[] Known = ["name", "provider", "arch", "os", "description"];

    /// <exception cref="CommandException">It is neither form, or says nothing of what it is to become.</exception>
    internal static async Task<Upload> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var fields = Known.ToDictionary(name => name, name => QueryText.Single(request, name), StringComparer.Ordinal);
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            throw Unsupported(request);
        if (type.MediaType.Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase))
            return new Upload(Image(fields), request.Body, request.ContentLength);
        if (!type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            throw Unsupported(request);
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary);
        if (StringSegment.IsNullOrEmpty(boundary) || boundary.Length > 200)
            throw ProblemFactory.Invalid("The form's Content-Type names no boundary.");
        return await ReadFormAsync(new MultipartReader(boundary.Value!, request.Body), fields, cancellationToken);
    }

    private static async Task<Upload> ReadFormAsync(MultipartReader reader, Dictionary<string, string?> fields, CancellationToken cancellationToken)
    {
        for (var read = 0; read <= MostFields; read++)
        {
            var section = await NextAsync(reader, cancellationToken);
            if (section is null || !ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
                throw ProblemFactory.Invalid("The form has no file: the field 'file' holds it, after name, provider and the rest.");
            if (disposition.IsFileDisposition())
                return new Upload(Image(fields), section.Body, null);
            var name = HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "";
            if (!Known.Contains(name))
                throw ProblemFactory.Invalid($"The form has no field '{name}'.{Nearest.Hint(name, Known)}", NearestNames.To(name, Known));
            fields[name] = await TextAsync(name, section.Body, cancellationToken);
        }
        throw ProblemFactory.Invalid($"The form has more than {MostFields} fields before its file.");
    }

    private static async Task<MultipartSection?> NextAsync(MultipartReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadNextSectionAsync(cancellationToken);
        }
        catch (Exception error) when (error is InvalidDataException || error is IOException and not BadHttpRequestException)
        {
            throw ProblemFactory.Invalid($"The form can't be read: {error.Message}");
        }
    }

    private static async Task<string> TextAsync(string name, Stream body, CancellationToken cancellationToken)
    {
        var buffer = new byte[LongestField + 1];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length <= LongestField
            ? System.Text.Encoding.UTF8.GetString(buffer, 0, length)
            : throw ProblemFactory.Invalid($"The form's field '{name}' is longer than {LongestField} bytes.");
    }

    private static ImageUpload Image(Dictionary<string, string?> fields) =>
        new()
        {
            Name = fields["name"] ?? throw ProblemFactory.Invalid("The image has no name: give the parameter 'name', or the form's field before the file."),
            Provider = fields["provider"],
            Arch = fields["arch"] is { } arch ? Parse<Architecture>("arch", arch) : Architecture.Unknown,
            Os = fields["os"] is { } os ? Parse<OsFamily>("os", os) : OsFamily.Unknown,
            Description = fields["description"],
        };

    private static T Parse<T>(string name, string text)
        where T : struct, Enum
    {
        var words = EnumWords.Of(typeof(T));
        return words.IndexOf(text) is >= 0 and var index
            ? Enum.GetValues<T>()[index]
            : throw ProblemFactory.Invalid($"{name} is one of {string.Join(", ", words)}, not '{text}'.{Nearest.Hint(text, words)}", NearestNames.To(text, words));
    }

    private static CommandException Unsupported(HttpRequest request) =>
        new(
            ProblemWriter.Make(
                ProblemTypes.InvalidArgument,
                "Unsupported media type",
                StatusCodes.Status415UnsupportedMediaType,
                $"The body {(string.IsNullOrEmpty(request.ContentType) ? "has no Content-Type" : $"is '{request.ContentType}'")}; this route takes application/octet-stream or multipart/form-data."
            )
        );
}
