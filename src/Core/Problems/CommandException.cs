using Anyvisor.Model;

namespace Anyvisor.Core.Problems;

/// <summary>The one exception of Core for what a caller asked and can't have. The server writes its problem as it is.</summary>
public sealed class CommandException(Problem problem, Exception? innerException = null)
    : Exception(problem.Detail ?? problem.Title, innerException)
{
    public Problem Problem { get; } = problem;
}
