using System.Globalization;
using System.Net;
using Anyvisor.Core.Access;
using Anyvisor.Core.Problems;
using Anyvisor.Model;
using Anyvisor.Server.Problems;

namespace Anyvisor.Server.Security;

/// <summary>
/// Checks tokens, and answers whoever keeps guessing by 429. A token that is right always works: a guesser behind the
/// same address must not lock others out.
/// </summary>
internal sealed partial class SignIns(TokenStore tokens, FailureLimit failures, ILogger<SignIns> log)
{
    internal static readonly string RetryAfterSeconds = ((int)FailureLimit.Window.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    /// <exception cref="CommandException">It is nobody's token.</exception>
    internal ApiToken Verify(HttpContext http, string? secret)
    {
        if (tokens.Authenticate(secret) is { } token)
            return token;
        var address = http.Connection.RemoteIpAddress ?? IPAddress.None;
        if (failures.Count(address))
            throw Refused(
                StatusCodes.Status429TooManyRequests,
                "Too many failed sign-ins",
                $"There were more than {FailureLimit.Most} failed sign-ins from {address} within a minute. Wait {RetryAfterSeconds} seconds."
            );
        Failed(address);
        throw Refused(
            StatusCodes.Status401Unauthorized,
            "Sign-in failed",
            "This token is not valid, or is past its time. Ask an administrator for one; the administrator's is in admin.token in the server's data directory."
        );
    }

    private static CommandException Refused(int status, string title, string detail) =>
        new(ProblemWriter.Make(ProblemTypes.AuthenticationFailed, title, status, detail));

    [LoggerMessage(Level = LogLevel.Warning, Message = "A sign-in from {Address} failed: no such token")]
    private partial void Failed(IPAddress address);
}
