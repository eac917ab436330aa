using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Anyvisor.Model;
using Anyvisor.Server.Json;

namespace Anyvisor.Server.Lists;

/// <summary>Writes a page straight into the connection's buffers, item by item.</summary>
internal static class PageWriter
{
    /// <param name="http">The request.</param>
    /// <param name="page">What to write.</param>
    /// <param name="type">How an item is written.</param>
    /// <param name="fields">The chosen fields; null writes whole items.</param>
    /// <param name="show">Completes an item for this caller, just before it is written.</param>
    internal static async Task WriteAsync<T>(
        HttpContext http,
        Page<T> page,
        JsonTypeInfo<T> type,
        FieldSelection<T>? fields = null,
        Func<T, T>? show = null
    )
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        await using (var writer = new Utf8JsonWriter(http.Response.BodyWriter, JsonAnswer.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("items"u8);
            foreach (var item in page.Items)
            {
                var shown = show is null ? item : show(item);
                if (fields is null)
                    JsonSerializer.Serialize(writer, shown, type);
                else
                    fields.Write(writer, shown);
            }
            writer.WriteEndArray();
            if (page.NextCursor is { } next)
                writer.WriteString("nextCursor"u8, next);
            writer.WriteNumber("total"u8, page.Total);
            writer.WriteEndObject();
        }
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }
}
