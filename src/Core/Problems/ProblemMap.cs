using Anyvisor.Core.Store;
using Anyvisor.Driver;
using Anyvisor.Model;

namespace Anyvisor.Core.Problems;

/// <summary>Exceptions to problems: the only place where it is decided how a fault is called.</summary>
public static class ProblemMap
{
    /// <param name="exception">Any.</param>
    /// <param name="provider">Whose call it was, if one's.</param>
    public static Problem ToProblem(Exception exception, string? provider = null) =>
        exception switch
        {
            CommandException e => e.Problem,
            ProviderException e => ToProblem(e, provider),
            StoreException e => ToProblem(e),
            OperationCanceledException => ProblemFactory.Problem(ProblemTypes.Cancelled, "Cancelled", 499, "It was cancelled before it ended."),
            TimeoutException e => ProblemFactory.Problem(ProblemTypes.TimedOut, "Timed out", 504, e.Message),
            // An unforeseen exception's message may hold anything, secrets too: it stays in the log.
            _ => ProblemFactory.Problem(
                ProblemTypes.Internal,
                "Internal error",
                500,
                $"Anyvisor failed with a defect of its own ({exception.GetType().Name}). The server's log has the rest; please report it."
            ),
        };

    public static Problem ToProblem(ProviderException exception, string? provider)
    {
        var (type, title, status) = Classify(exception.Error);
        return ProblemFactory.Problem(type, title, status, exception.Message) with
        {
            Provider = provider,
            NativeCode = exception.NativeCode,
            NativeMessage = exception.NativeMessage,
        };
    }

    public static Problem ToProblem(StoreException exception) =>
        exception.Fault switch
        {
            StoreFault.Full => ProblemFactory.Problem(ProblemTypes.StoreFull, "The store's disk is full", 507, exception.Message),
            StoreFault.Closed => ProblemFactory.Problem(ProblemTypes.Unreachable, "The server is stopping", 503, exception.Message),
            StoreFault.Busy => ProblemFactory.Problem(ProblemTypes.Conflict, "The store is locked", 503, exception.Message),
            _ => ProblemFactory.Problem(ProblemTypes.Internal, "The store failed", 500, exception.Message),
        };

    private static (string Type, string Title, int Status) Classify(ProviderError error) =>
        error switch
        {
            // Not statuses 401 and 403: those would tell the caller that its own token is at fault.
            ProviderError.AuthenticationFailed => (ProblemTypes.AuthenticationFailed, "The provider refuses our credentials", 502),
            ProviderError.PermissionDenied => (ProblemTypes.PermissionDenied, "The provider does not permit it", 502),
            ProviderError.NotFound => (ProblemTypes.NotFound, "Not found at the provider", 404),
            ProviderError.Conflict => (ProblemTypes.Conflict, "Conflict at the provider", 409),
            ProviderError.InvalidArgument => (ProblemTypes.InvalidArgument, "Invalid request", 400),
            ProviderError.QuotaExceeded => (ProblemTypes.QuotaExceeded, "Quota exceeded", 422),
            ProviderError.CapacityExceeded => (ProblemTypes.CapacityExceeded, "Not enough room", 422),
            ProviderError.NotCapable => (ProblemTypes.NotCapable, "Not possible here", 422),
            ProviderError.Unreachable => (ProblemTypes.Unreachable, "Provider unreachable", 503),
            ProviderError.TimedOut => (ProblemTypes.TimedOut, "The provider did not answer in time", 504),
            ProviderError.ProtocolViolation => (ProblemTypes.ProtocolViolation, "The provider's answer can't be understood", 502),
            ProviderError.ProviderFault => (ProblemTypes.ProviderFault, "The provider failed", 502),
            _ => throw new ArgumentOutOfRangeException(nameof(error), error, "unknown provider error"),
        };
}
