using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Anyvisor.Model;

namespace Anyvisor.Client;

/// <summary>Problems that the client itself finds, in the same form as the server's. Status 0: no server said it.</summary>
internal static class Failures
{
    internal static bool CutOff(HttpRequestException error) =>
        error.HttpRequestError is HttpRequestError.ResponseEnded
        || error.InnerException is IOException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionReset } };

    internal static Problem Unreachable(Uri server, Exception error) =>
        new()
        {
            Type = ProblemTypes.Unreachable,
            Title = "The server does not answer",
            Detail = error switch
            {
                HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
                    $"No machine has the name '{server.Host}'. Check --server or ANYVISOR_SERVER.",
                HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                    $"{server} could not prove who it is: {Innermost(error)}. Add its authority to this machine's trusted certificates (SSL_CERT_FILE names a file of them).",
                HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } =>
                    $"Nothing answers at {server} ({Innermost(error)}). Start a server with 'anyvisor serve', or name one with --server or ANYVISOR_SERVER.",
                _ => $"The connection to {server} broke: {Innermost(error)}.",
            },
        };

    internal static Problem NoAnswer(Uri server, TimeSpan limit) =>
        new()
        {
            Type = ProblemTypes.TimedOut,
            Title = "The server took too long",
            Detail = string.Create(CultureInfo.InvariantCulture, $"{server} did not answer within {limit.TotalSeconds:0.#} s."),
        };

    internal static Problem NotOurs(Uri server, string? mediaType) =>
        new()
        {
            Type = ProblemTypes.ProtocolViolation,
            Title = "That is no Anyvisor server",
            Detail = $"{server} answered {mediaType ?? "something without a type"}, not JSON. Check --server or ANYVISOR_SERVER.",
        };

    internal static Problem Garbled(Uri server, JsonException error) =>
        new()
        {
            Type = ProblemTypes.ProtocolViolation,
            Title = "The answer is not JSON",
            Detail = $"{server} answered something that can't be read: {error.Message}",
        };

    internal static Problem FromStatus(Uri server, HttpStatusCode status, string? reason) =>
        new()
        {
            Type = status switch
            {
                HttpStatusCode.Unauthorized => ProblemTypes.AuthenticationFailed,
                HttpStatusCode.Forbidden => ProblemTypes.PermissionDenied,
                HttpStatusCode.NotFound => ProblemTypes.NotFound,
                HttpStatusCode.BadRequest => ProblemTypes.InvalidArgument,
                HttpStatusCode.RequestEntityTooLarge => ProblemTypes.TooLarge,
                HttpStatusCode.RequestTimeout or HttpStatusCode.GatewayTimeout => ProblemTypes.TimedOut,
                _ => ProblemTypes.Internal,
            },
            Title = string.Create(CultureInfo.InvariantCulture, $"HTTP {(int)status} {reason}"),
            Status = (int)status,
            Detail = $"{server} refused without saying why.",
        };

    private static string Innermost(Exception error)
    {
        while (error.InnerException is { } inner)
            error = inner;
        return error.Message.TrimEnd('.');
    }
}
