using System.Net;
using System.Text.Json;
using System.Xml.Linq;
using Anyvisor.Driver;

namespace Anyvisor.Drivers.VCloud.Wire;

/// <summary>Cloud Director's refusals as ours.</summary>
internal static class VcdErrors
{
    public const string Busy = "BUSY_ENTITY";
    private const int MostText = 600;

    /// <param name="status">HTTP.</param>
    /// <param name="body">The answer, which may be XML, JSON or anything.</param>
    /// <param name="what">The call.</param>
    /// <param name="where">The system.</param>
    public static ProviderException Explain(HttpStatusCode status, string body, string what, string where)
    {
        var (code, message) = Read(body);
        return Of(code ?? ((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture), message, Kind(status, code, message), what, where, (int)status);
    }

    /// <summary>Of a task's <c>Error</c>.</summary>
    public static ProviderException Explain(XElement? error, string what, string where)
    {
        var (code, message) = (error.Attr("minorErrorCode"), error.Attr("message"));
        var status = VcdXml.Whole(error.Attr("majorErrorCode")) ?? 500;
        return Of(code ?? "error", message, Kind((HttpStatusCode)status, code, message), what, where, status);
    }

    private static ProviderException Of(string code, string? message, ProviderError kind, string what, string where, int status)
    {
        var said = message is null ? $"HTTP {status}" : message.Length > MostText ? message[..MostText] + "…" : message;
        return new ProviderException(kind, $"{where} refused {what}: {said.TrimEnd('.')}.") { NativeCode = code, NativeMessage = message };
    }

    private static ProviderError Kind(HttpStatusCode status, string? code, string? message) =>
        (code, status) switch
        {
            ("BUSY_ENTITY", _) or ("DUPLICATE_NAME", _) or ("INVALID_STATE", _) or ("OPERATION_NOT_PERMITTED", _) => ProviderError.Conflict,
            // A deleted object is told as one that is forbidden.
            ("ACCESS_TO_RESOURCE_IS_FORBIDDEN", _) or ("RESOURCE_NOT_FOUND", _) or ("NOT_FOUND", _) => ProviderError.NotFound,
            ("BAD_REQUEST", _) when message?.Contains("quota", StringComparison.OrdinalIgnoreCase) == true => ProviderError.QuotaExceeded,
            ("BAD_REQUEST", _) when message?.Contains("is not powered off", StringComparison.OrdinalIgnoreCase) == true || message?.Contains("running", StringComparison.OrdinalIgnoreCase) == true => ProviderError.Conflict,
            ("QUOTA_EXCEEDED", _) or ("STORAGE_QUOTA_EXCEEDED", _) => ProviderError.QuotaExceeded,
            ("INSUFFICIENT_RESOURCES", _) => ProviderError.CapacityExceeded,
            (_, HttpStatusCode.Unauthorized) => ProviderError.AuthenticationFailed,
            (_, HttpStatusCode.Forbidden) => ProviderError.PermissionDenied,
            (_, HttpStatusCode.NotFound) => ProviderError.NotFound,
            (_, HttpStatusCode.Conflict) => ProviderError.Conflict,
            (_, HttpStatusCode.BadRequest) => ProviderError.InvalidArgument,
            (_, HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotAcceptable or HttpStatusCode.NotImplemented) => ProviderError.NotCapable,
            (_, HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout) => ProviderError.Unreachable,
            _ => ProviderError.ProviderFault,
        };

    private static (string? Code, string? Message) Read(string body)
    {
        var text = body.TrimStart();
        try
        {
            if (text.StartsWith('<'))
            {
                using var input = new StringReader(text);
                using var reader = Driver.Reading.HostileXml.Read(input, 1 << 20);
                var error = XElement.Load(reader);
                return error.Is("Error") ? (error.Attr("minorErrorCode"), error.Attr("message")) : (null, null);
            }
            if (text.StartsWith('{'))
            {
                using var json = JsonDocument.Parse(text);
                return (Field(json, "minorErrorCode"), Field(json, "message") ?? Field(json, "error_description"));
            }
        }
        catch (Exception e) when (e is System.Xml.XmlException or JsonException)
        {
            // A page of a proxy: its status has to do.
        }
        return (null, null);

        static string? Field(JsonDocument json, string name) => json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }
}
