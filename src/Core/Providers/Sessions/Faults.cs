using System.Text.Json;
using Anyvisor.Driver;
using Anyvisor.Model;

namespace Anyvisor.Core.Providers.Sessions;

/// <summary>What went wrong with a provider, in the closed set and in a person's words.</summary>
internal static class Faults
{
    /// <summary>Whether trying again helps nobody: a person has to act.</summary>
    public static bool AsksForPerson(ProviderError error) =>
        error is ProviderError.AuthenticationFailed or ProviderError.PermissionDenied or ProviderError.InvalidArgument or ProviderError.NotCapable;

    /// <summary>Whether the other end, rather than the request, is at fault: what a circuit breaker counts.</summary>
    public static bool IsOutage(ProviderError error) => error is ProviderError.Unreachable or ProviderError.TimedOut;

    public static ProviderProblem ToProblem(ProviderException exception, Redactor redactor) =>
        new(Word(exception.Error), redactor.Clean(exception.Message), exception.NativeCode is { } code ? redactor.Clean(code) : null);

    /// <summary>The same exception with the provider's secrets taken out of its texts.</summary>
    public static ProviderException Cleaned(ProviderException exception, Redactor redactor)
    {
        var message = redactor.Clean(exception.Message);
        var native = exception.NativeMessage is { } text ? redactor.Clean(text) : null;
        var code = exception.NativeCode is { } word ? redactor.Clean(word) : null;
        if (message == exception.Message && native == exception.NativeMessage && code == exception.NativeCode)
            return exception;
        // Without the inner exception: it may repeat what was just taken out.
        return new ProviderException(exception.Error, message)
        {
            NativeCode = code,
            NativeMessage = native,
            OutcomeUnknown = exception.OutcomeUnknown,
        };
    }

    /// <summary>An exception that no driver may throw, contained. Its message stays in the log: it may hold anything.</summary>
    public static ProviderException Contained(Exception exception, string provider, string doing) =>
        new(
            ProviderError.ProviderFault,
            $"The driver of '{provider}' failed {doing} with a defect of its own ({exception.GetType().Name}). The server's log has the rest; please report it."
        )
        {
            OutcomeUnknown = true,
        };

    public static string Word(ProviderError error) => JsonNamingPolicy.KebabCaseLower.ConvertName(error.ToString());
}
