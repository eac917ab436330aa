using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Anyvisor.Model;
using Anyvisor.Model.Json;
using Anyvisor.Server.Lists;

namespace Anyvisor.Server.Json;

/// <summary>Writes answers of one document.</summary>
internal static class JsonAnswer
{
    /// <summary>Quotes and letters beyond ASCII stay readable: answers are no HTML, and browsers are told not to guess.</summary>
    internal static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    internal static Task OkAsync<T>(HttpContext http, T value, JsonTypeInfo<T> type) =>
        WriteAsync(http, StatusCodes.Status200OK, value, type);

    /// <param name="http">The request.</param>
    /// <param name="value">What to write.</param>
    /// <param name="type">How.</param>
    /// <param name="fields">The chosen fields; null writes all.</param>
    internal static async Task OkAsync<T>(HttpContext http, T value, JsonTypeInfo<T> type, FieldSelection<T>? fields)
    {
        if (fields is null)
        {
            await OkAsync(http, value, type);
            return;
        }
        http.Response.ContentType = "application/json; charset=utf-8";
        await using (var writer = new Utf8JsonWriter(http.Response.BodyWriter, WriterOptions))
            fields.Write(writer, value);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    internal static Task CreatedAsync<T>(HttpContext http, string location, T value, JsonTypeInfo<T> type)
    {
        http.Response.Headers.Location = location;
        return WriteAsync(http, StatusCodes.Status201Created, value, type);
    }

    /// <summary>202: the work is written down, and here is where to follow it.</summary>
    internal static Task AcceptedAsync(HttpContext http, TaskInfo task)
    {
        http.Response.Headers.Location = $"/api/v1/tasks/{task.Id}";
        return WriteAsync(http, StatusCodes.Status202Accepted, task, ModelJson.Default.TaskInfo);
    }

    /// <summary>Writes the document and nothing else: for those who set status and headers themselves.</summary>
    internal static async Task WriteBodyAsync<T>(HttpContext http, T value, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        await using (var writer = new Utf8JsonWriter(http.Response.BodyWriter, WriterOptions))
            JsonSerializer.Serialize(writer, value, type);
        await http.Response.BodyWriter.FlushAsync(cancellationToken);
    }

    private static Task WriteAsync<T>(HttpContext http, int status, T value, JsonTypeInfo<T> type)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        return WriteBodyAsync(http, value, type, http.RequestAborted);
    }
}
