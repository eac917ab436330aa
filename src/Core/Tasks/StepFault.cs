using Anyvisor.Core.Problems;
using Anyvisor.Driver;
using Anyvisor.Model;

namespace Anyvisor.Core.Tasks;

/// <summary>What kept a step from being done.</summary>
/// <param name="Problem">For people; null when it was a cancellation.</param>
/// <param name="Kind">What follows from it.</param>
internal sealed record StepFault(Problem? Problem, StepFaultKind Kind)
{
    public static StepFault Cancelled { get; } = new(null, StepFaultKind.MayHaveBegun);

    /// <summary>Whether the error says for certain that the call as a whole was not carried out.</summary>
    public static bool IsDefinite(Exception exception, bool singleCall) =>
        exception switch
        {
            ProviderException { OutcomeUnknown: true } => false,
            // The line broke or the answer was garbage: whether the last call took effect, only the system can say.
            ProviderException { Error: ProviderError.TimedOut or ProviderError.ProtocolViolation } => false,
            // Never sent, then. A step of many calls has sent some of them before.
            ProviderException { Error: ProviderError.Unreachable or ProviderError.AuthenticationFailed } => singleCall,
            TimeoutException or OperationCanceledException => false,
            _ => true,
        };

    /// <summary>Whether asking again later can help.</summary>
    public static bool IsTransient(Exception exception) =>
        exception
            is TimeoutException
                or OperationCanceledException
                or ProviderException
                {
                    Error: ProviderError.Unreachable
                        or ProviderError.TimedOut
                        or ProviderError.AuthenticationFailed
                        or ProviderError.ProtocolViolation
                };

    public static StepFault From(Exception exception, TaskOrder order, StepFaultKind kind)
    {
        var problem = ProblemMap.ToProblem(exception, order.Provider);
        return new StepFault(
            problem with
            {
                Detail = problem.Detail is null ? null : order.Scrub(problem.Detail),
                NativeMessage = problem.NativeMessage is null ? null : order.Scrub(problem.NativeMessage),
            },
            kind
        );
    }
}

internal enum StepFaultKind : byte
{
    /// <summary>The step left nothing behind.</summary>
    NothingHappened,

    /// <summary>It may have got somewhere: undoing it will tell.</summary>
    MayHaveBegun,

    /// <summary>Nobody can tell.</summary>
    Unknown,
}
