using Anyvisor.Model;

namespace Anyvisor.Client;

/// <summary>The one error of this client: the server said no, or could not be asked. <see cref="Problem"/> says which and why.</summary>
public sealed class ApiException : Exception
{
    public ApiException(Problem problem, Exception? cause = null)
        : base(problem?.Detail ?? problem?.Title, cause)
    {
        ArgumentNullException.ThrowIfNull(problem);
        Problem = problem;
    }

    public Problem Problem { get; }

    /// <summary>Whether no server answered, so that asking again later may help.</summary>
    public bool ServerAway => Problem is { Type: ProblemTypes.Unreachable, Status: 0 };
}
